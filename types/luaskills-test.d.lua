---@meta
-- What tests of a skill find: tests/*.lua, run by `luaskills-wasm test` (docs/testing-a-skill.md).

---A group of tests. Groups may stand in groups.
---@param name string
---@param body fun()
function describe(name, body) end

---A test. It passes when its function returns. Each runs in a runtime of its own: no files, databases or variables of others.
---@param name string
---@param body fun()
function it(name, body) end

---Before each test of the group.
---@param body fun()
function before_each(body) end

---After each test of the group, also when it failed.
---@param body fun()
function after_each(body) end

---Calls an entry of the skill by its own name, or any entry by its full name.
---@param entry string
---@param args? table
---@return any ...
function call(entry, args) end

---@class luaskills.Expectation
---@field never luaskills.Expectation the opposite
---@field to_be fun(wanted: any) the same value
---@field to_equal fun(wanted: any) the same value, tables member by member
---@field to_be_nil fun()
---@field to_be_truthy fun() neither false nor nil
---@field to_be_a fun(type: type)
---@field to_be_near fun(wanted: number, by?: number)
---@field to_contain fun(part: any) text that holds the part, or a table that holds the value
---@field to_match fun(pattern: string) text that matches a Lua pattern
---@field to_fail fun(message?: string) a function that raises an error whose text holds the message

---@param value any
---@return luaskills.Expectation
function expect(value) end

---@class luaskills.Fakes
---@field tool fun(name: string, answer: any) lends the skill a host tool: a function of its arguments, or what it answers
---@field llm fun(answer: table|fun(system: string, user: string): table) answers vulcan.models.llm
---@field embed fun(answer: table|fun(text: string): table) answers vulcan.models.embed
---@field calls fun(name: string): table[] the arguments of every call of a fake tool, or of "llm" and "embed"
---@field clock fun(time: string|number): number sets the time: Unix seconds, or "2026-01-01T00:00:00Z"
---@field advance fun(seconds: number): number moves the time

---@type luaskills.Fakes
fake = {}
