import { manifest, type Template } from "./template.ts";

export const hostTool: Template = {
  about: "asks a tool and a model of its host",
  files: (names) => ({
    "skill.yaml": manifest(
      names,
      `entries:
  - name: advice
    description: Says what to wear in a city today.
    lua_entry: runtime/advice.lua
    lua_module: ${names.id}.advice
    parameters:
      - { name: city, type: string, description: The city, required: true }
help:
  main: { file: help/main.md, description: "What this skill is for, and what its host has to lend it" }
`,
    ),
    "runtime/advice.lua": `return function(args)
  if not vulcan.host.has("weather") then error("the host lends no tool called weather") end
  local answer = vulcan.host.call("weather", { city = args.city })
  if answer.ok == false then error("the weather is not known: " .. answer.error.message) end
  local weather = answer.value or answer
  local said = vulcan.models.llm("Answer in one short sentence.", "What to wear at " .. weather.celsius .. " degrees?")
  if said.ok == false then return "It is " .. weather.celsius .. " degrees." end
  return said.assistant
end
`,
    "tests/advice.lua": `describe("advice", function()
  it("asks the model about the weather of the city", function()
    fake.tool("weather", function(args) return { celsius = args.city == "Oslo" and -5 or 25 } end)
    fake.llm(function(_, user) return { assistant = user:find("-5", 1, true) and "A coat." or "A hat." } end)
    expect(call("advice", { city = "Oslo" })).to_be("A coat.")
    expect(fake.calls("weather")).to_equal({ { city = "Oslo" } })
  end)

  it("does without a model", function()
    fake.tool("weather", { celsius = 7 })
    fake.llm({ ok = false, error = { code = "unavailable", message = "no model" } })
    expect(call("advice", { city = "Lima" })).to_be("It is 7 degrees.")
  end)

  it("says what it needs", function()
    expect(function() call("advice", { city = "Oslo" }) end).to_fail("lends no tool called weather")
  end)
end)
`,
  }),
};
