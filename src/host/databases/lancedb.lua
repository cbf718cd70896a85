-- The tables behind vulcan.lancedb (vulcan-api.md §15); see sqlite.lua.
local host, primitives = ...
local methods = { "create_table", "vector_upsert", "vector_search", "delete", "drop_table" }
primitives.exports.lancedb_table = primitives.exports.database_tables("lancedb", methods, host)
