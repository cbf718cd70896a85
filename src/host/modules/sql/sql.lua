-- Functions by dotted names become tables of their own; values that are objects of the host are made once.
local functions = ...
local out = {}
for name, f in next, functions do
  local group, member = name:match("^(%a+)%.([%a_]+)$")
  if group then
    out[group] = out[group] or {}
    out[group][member] = f
  else
    out[name] = f
  end
end
for _, format in ipairs({ "question", "dollar", "at", "colon" }) do out.builder[format] = format end
out.builder.default_placeholder = "question"
out.NULL = out.as.null()
return out
