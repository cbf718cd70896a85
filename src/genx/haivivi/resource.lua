-- Collections of records under a path (genx.md §4.2).
local resource = {}

local collection = {}
collection.__index = collection

local function as_text(value) return type(value) == "string" and value or tostring(value) end
local sendable = { string = true, number = true, boolean = true }

-- Options that a query can say; `kinds` are the types it takes.
function resource.query(options, kinds)
  local query = {}
  for name, value in pairs(options or {}) do
    if (kinds or sendable)[type(value)] then query[name] = as_text(value) end
  end
  return query
end

function collection:path_of(...)
  local path = "/" .. self.path
  for i = 1, select("#", ...) do
    local segment = as_text((select(i, ...)))
    if self.encode_ids then segment = segment:gsub("[^%w%-%._~@:]", function(c) return ("%%%02X"):format(c:byte()) end) end
    path = path .. "/" .. segment
  end
  return path
end

function collection:list(options) return self.http_client:get(self:path_of(), resource.query(options, self.query_kinds)) end
function collection:get(id) return self.http_client:get(self:path_of(id)) end
function collection:create(dto) return self.http_client:post(self:path_of(), dto) end
function collection:update(id, dto) return self.http_client:patch(self:path_of(id), dto) end

function collection:delete(id)
  local _, err = self.http_client:delete(self:path_of(id))
  return err == nil, err
end

function collection:post_verb(verb, body) return self.http_client:post(self:path_of(verb), body) end
function collection:get_verb(id, verb) return self.http_client:get(self:path_of(id, verb)) end
function collection:post_doc_verb(id, verb, body) return self.http_client:post(self:path_of(id, verb), body) end

-- `options.encode_ids` percent-encodes ids; `options.query_kinds` limits what `list` sends.
function resource.new_collection(http_client, path, options)
  options = options or {}
  return setmetatable({ http_client = http_client, path = path, encode_ids = options.encode_ids, query_kinds = options.query_kinds }, collection)
end

function resource.new_sub_collection(http_client, parent_path, parent_id, path, options)
  return resource.new_collection(http_client, parent_path .. "/" .. parent_id .. "/" .. path, options)
end

-- For collections with methods of their own.
resource.methods = collection

return resource
