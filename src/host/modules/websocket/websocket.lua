-- A client's channel is made when it is asked for first, and is the same one afterwards.
local host, primitives = ...
local kit = primitives.exports.modules
local channels = primitives.setmetatable({}, { __mode = "k" })

local function channel(self)
  local known = channels[self]
  if known then return known end
  local tag, err = host.feed(self)
  if not tag then return nil, err end
  local made = kit.new_channel(host.capacity(self))
  channels[self] = made
  kit.feed(tag, function(over, ...)
    local value = kit.finish(...)
    if value ~= nil and not kit.offer(made, value) then
      host.overflow(self)
      over = "close"
    end
    if over then
      kit.forget(tag)
      if over == "close" then kit.end_channel(made) end
    end
  end)
  return made
end

kit.add_methods("websocket.Client", { channel = channel, receive = channel })
local out = {}
for name, value in next, host do out[name] = value end
out.feed, out.capacity, out.overflow = nil, nil, nil
return out
