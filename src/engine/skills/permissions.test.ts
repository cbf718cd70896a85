import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import type { DecisionAnswer, DecisionRequest, EngineOptions } from "../../contract/contract.ts";
import { failure, testEngine } from "../../testing/test-engine.ts";

const zip = (version: string, permissions: string) =>
  zipSync({
    "notes/skill.yaml": strToU8(
      `name: Notes\nversion: ${version}\n${permissions}entries:\n  - { name: a, lua_entry: runtime/a.lua, lua_module: notes.a }\n`,
    ),
    "notes/runtime/a.lua": strToU8(`return function() return tostring(vulcan.host.call("clock", {}).ok) end`),
  });
const needs = (tools: string) => `permissions:\n  files: { read: ["/work/**"], write: [own] }\n  tools: [${tools}]\n`;
const clock = needs("clock");

async function world(options: EngineOptions = {}, answer?: (request: DecisionRequest) => DecisionAnswer) {
  const asked: DecisionRequest[] = [];
  const decide = answer && {
    decide: (request: DecisionRequest) => {
      asked.push(request);
      return answer(request);
    },
  };
  const { engine, events, call } = await testEngine({
    options,
    callbacks: { hostTool: () => ({ ok: true, value: 1 }), ...decide },
  });
  const put = (op: "skills.install" | "skills.update", version: string, permissions: string) =>
    engine.request({ op, source: { zip: zip(version, permissions), skillId: "notes" } });
  const told = () => events.flatMap(([name, event]) => (name === "lifecycle" ? [event] : []));
  return { engine, asked, put, told, call };
}

const asks: EngineOptions = { grants: { notes: { tools: "ask" } } };
const request = { skill: "notes", action: "tool.call", resource: "clock" };
const declared = { files: { read: ["/work/**"], write: ["own"] }, tools: ["clock"] };

it("what a package needs is in the result and in the event; what is granted anyway nobody is asked for", async () => {
  const { engine, asked, put, told } = await world({}, () => "deny");
  expect(await put("skills.install", "1.0.0", clock)).toMatchObject({ status: "installed", permissions: declared });
  expect(told()).toContainEqual(expect.objectContaining({ status: "installed", permissions: declared }));
  expect(asked).toEqual([]);
  expect(await put("skills.update", "1.1.0", "")).not.toHaveProperty("permissions");
  await engine.close();
});

it("the host is asked for what is new, at the install and at each update that asks for more", async () => {
  const { engine, asked, put } = await world(asks, () => "once");
  await put("skills.install", "1.0.0", clock);
  expect(asked).toEqual([request]);
  await put("skills.update", "1.1.0", clock);
  expect(asked).toHaveLength(1);
  await put("skills.update", "1.2.0", needs("clock, mail"));
  expect(asked.slice(1)).toEqual([{ ...request, resource: "mail" }]);
  await engine.close();
});

it.each<readonly [string, EngineOptions, string, string]>([
  ["nobody answers", asks, clock, 'grants["notes"].tools'],
  ["a grant denies it", { grants: { notes: { tools: { deny: ["clock"] } } } }, clock, 'grants["notes"].tools'],
  [
    "files are not granted",
    { grants: { notes: { files: { read: ["own"] } } } },
    'permissions: { files: { write: ["/work/**"] } }\n',
    'grants["notes"].files.write',
  ],
  ["modules are granted to none", {}, "permissions: { modules: [json] }\n", 'grants["notes"].modules'],
])("where %s the package is not put in its place, and the grant is named", async (_, options, permissions, grant) => {
  const { engine, put } = await world(options);
  const error = await failure(put("skills.install", "1.0.0", permissions));
  expect(error.code).toBe("permission_denied");
  expect(error.message).toContain(grant);
  expect(error.data.grant).toBe(grant);
  expect(await engine.request({ op: "fs.stat", path: "/runtime/skills/notes" })).toBeUndefined();
  await engine.close();
});

it("an update that is refused leaves the package that was there, and a package grants itself nothing", async () => {
  const { engine, put, call } = await world(asks, ({ resource }) => (resource === "clock" ? "deny" : "once"));
  await put("skills.install", "1.0.0", "");
  expect((await failure(put("skills.update", "1.1.0", clock))).code).toBe("permission_denied");
  const kept = await engine.request({ op: "fs.read", path: "/runtime/skills/notes/skill.yaml" });
  expect(new TextDecoder().decode(kept)).toContain("version: 1.0.0");
  expect(await call("notes-a")).toContain("false");
  await engine.close();
  const other = await world({ grants: { notes: { tools: ["mail"] } } });
  expect((await failure(other.put("skills.install", "1.0.0", clock))).code).toBe("permission_denied");
  await other.engine.close();
});

it.each([
  ["permissions: [tools]\n", "permissions must be a mapping"],
  ["permissions: { tools: clock }\n", "permissions.tools must be a list of texts"],
  ["permissions: { files: { read: [1] } }\n", "permissions.files.read must be a list of texts"],
])("%j is refused by its key", async (permissions, text) => {
  const { engine, put } = await world();
  expect(await failure(put("skills.install", "1.0.0", permissions))).toMatchObject({
    code: "invalid_manifest",
    message: expect.stringContaining(text),
  });
  await engine.close();
});
