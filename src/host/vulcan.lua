-- Creates the global `vulcan` with every table of vulcan-api.md §0.3 that has no functions of its own yet.
-- The other preludes add to it; the scope driver (scope.lua) owns the fields that change with every request.
local error = error

vulcan = {
  call = function() error("vulcan.call not initialized", 0) end,
  runtime = {
    overflow_type = { truncate = "truncate", page = "page" },
    internal = { luaexec_active = false },
    lua = {},
    skills = {},
  },
  cache = {},
  config = {},
  host = {},
  models = {},
  context = {
    request = {},
    client_capabilities = {},
    client_budget = {},
    tool_config = {},
    host_result = { enabled = false, allowed_kinds = {} },
  },
  deps = {},
  __sqlite_skill_name = "",
  __lancedb_skill_name = "",
}
