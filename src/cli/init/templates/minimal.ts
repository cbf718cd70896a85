import { manifest, type Template } from "./template.ts";

export const minimal: Template = {
  about: "one entry, one argument",
  files: (names) => ({
    "skill.yaml": manifest(
      names,
      `entries:
  - name: hello
    description: Greets somebody by name.
    lua_entry: runtime/hello.lua
    lua_module: ${names.id}.hello
    parameters:
      - { name: who, type: string, description: Whom to greet, required: true }
help:
  main: { file: help/main.md, description: What this skill is for }
`,
    ),
    "runtime/hello.lua": `return function(args)
  local who = args.who
  if type(who) ~= "string" or who == "" then error("who must be a name") end
  return "Hello " .. who .. "!"
end
`,
    "tests/hello.lua": `describe("hello", function()
  it("greets by name", function()
    expect(call("hello", { who = "Ada" })).to_be("Hello Ada!")
  end)

  it("wants a name", function()
    expect(function() call("hello", {}) end).to_fail("who must be a name")
  end)
end)
`,
  }),
};
