-- vulcan.fs. A table is read as a whole by the host, so option members travel as arguments of their own.
local host = ...
local type = type
local remove, mkdir, copy = host.remove, host.mkdir, host.copy

local function member(options, name)
  if type(options) == "table" then return options[name] end
end

vulcan.fs = {
  list = host.list,
  read = host.read,
  write = host.write,
  exists = host.exists,
  is_dir = host.is_dir,
  read_bytes = host.read_bytes,
  write_bytes = host.write_bytes,
  rename = host.rename,
  stat = host.stat,
  remove = function(path, options) return remove(path, options, member(options, "recursive")) end,
  mkdir = function(path, options) return mkdir(path, options, member(options, "recursive")) end,
  copy = function(source, target, options) return copy(source, target, options, member(options, "overwrite")) end,
}
