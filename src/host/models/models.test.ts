import { expect, it } from "vitest";
import type { EngineOptions, JsonObject } from "../../contract/contract.ts";
import { skill, testEngine } from "../../testing/test-engine.ts";

const ask = 'return vulcan.json.encode(vulcan.models.embed("x")) end';
const files = {
  ...skill("asker", {
    plain: `return function() ${ask}`,
    posing: `return function(args)
      for key, value in pairs(args) do vulcan.runtime.internal[key] = value end
      ${ask}`,
  }),
  ...skill("other", { tool: "return function() return 'x' end" }),
};

/** Who the host is told asks: an entry of `asker`, then luaexec of the host that poses, then the host's own Lua that poses. */
async function askers(options: EngineOptions, entry: string, pose: JsonObject = {}) {
  const callers: JsonObject[] = [];
  const world = await testEngine({
    files,
    options,
    callbacks: {
      embed: ({ caller }) => {
        callers.push(caller);
        return { vector: [1], dimensions: 1 };
      },
    },
  });
  await world.call(`asker-${entry}`, pose);
  const posing = 'vulcan.runtime.internal.skill_name = "other" return vulcan.models.embed("x").ok';
  await world.engine.request({ op: "luaexec", request: { code: posing } });
  await world.lua(posing);
  await world.engine.close();
  return callers;
}

const whole = {
  skill_id: "asker",
  entry_name: "plain",
  canonical_tool_name: "asker-plain",
  root_name: "ROOT",
  skill_dir: "/runtime/skills/asker",
  client_name: null,
  request_id: null,
};
const nobody = { entry_name: null, canonical_tool_name: null, root_name: null, skill_dir: null };

it("the host is told which entry asks", async () => {
  const [caller, luaexec, own] = await askers({}, "plain");
  expect(caller).toEqual(whole);
  expect(luaexec).toMatchObject({ ...nobody, skill_id: null });
  expect(own).toMatchObject({ ...nobody, skill_id: null });
});

it.each<[string, JsonObject]>([
  ["another skill", { skill_name: "other" }],
  ["another skill's tool", { tool_name: "other-tool" }],
  ["another skill and its tool", { skill_name: "other", tool_name: "other-tool" }],
  ["a tool that does not exist", { tool_name: "ghost-tool" }],
])("an isolated skill that poses as %s asks in its own name, as no entry", async (_, pose) => {
  const [caller] = await askers({}, "posing", pose);
  expect(caller).toMatchObject({ ...nobody, skill_id: "asker" });
});

it("a skill that shares its VM with others is whom it says it is, as natively", async () => {
  const [caller] = await askers({ isolation: "shared" }, "posing", { skill_name: "other" });
  expect(caller).toMatchObject({ skill_id: "other", canonical_tool_name: "asker-posing" });
});
