import { manifest, type Template } from "./template.ts";

const library = `-- What is below runtime/ is found by require once the skill has said so.
local folder = vulcan.context.skill_dir .. "/runtime/?.lua;"
if not package.path:find(folder, 1, true) then package.path = folder .. package.path end
local words = require("lib.words")
`;

const indented = library.replaceAll(/^(?=.)/gm, "  ");

export const moduleTemplate: Template = {
  about: "two entries that share a Lua module",
  files: (names) => ({
    "skill.yaml": manifest(
      names,
      `entries:
  - name: count
    description: Counts the words of a text.
    lua_entry: runtime/count.lua
    lua_module: ${names.id}.count
    parameters:
      - { name: text, type: string, description: The text, required: true }
  - name: longest
    description: Finds the longest word of a text.
    lua_entry: runtime/longest.lua
    lua_module: ${names.id}.longest
    parameters:
      - { name: text, type: string, description: The text, required: true }
help:
  main: { file: help/main.md, description: What this skill is for }
`,
    ),
    "runtime/lib/words.lua": `local words = {}

--- The words of a text, in order.
function words.of(text)
  local found = {}
  for word in tostring(text):gmatch("%S+") do found[#found + 1] = word end
  return found
end

return words
`,
    "runtime/count.lua": `return function(args)
${indented}  return #words.of(args.text) .. " words"
end
`,
    "runtime/longest.lua": `return function(args)
${indented}  local longest = ""
  for _, word in ipairs(words.of(args.text)) do
    if #word > #longest then longest = word end
  end
  return longest
end
`,
    "tests/words.lua": `describe("words", function()
  it("are counted", function()
    expect(call("count", { text = "one two  three" })).to_be("3 words")
  end)

  it("are compared", function()
    expect(call("longest", { text = "a bee sees" })).to_be("sees")
  end)

  -- Tests find modules below runtime/ by themselves.
  it("are cut at blanks", function()
    expect(require("lib.words").of(" a b ")).to_equal({ "a", "b" })
  end)
end)
`,
  }),
};
