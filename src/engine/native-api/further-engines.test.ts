import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { skill, testEngine } from "../../testing/test-engine.ts";

it("a further engine that loads while a package is installed takes the install for what it is", async () => {
  const steps: string[] = [];
  let beside = async (): Promise<void> => {};
  const { engine, store } = await testEngine({
    platform: {
      lifecycleStep: async (step) => {
        steps.push(step);
        await beside();
      },
    },
  });
  const json = (method: string, params: JsonObject): Promise<JsonObject> =>
    engine.request({ op: "json", method, params });
  const options = { pool_config: { min_size: 1, max_size: 1, idle_ttl_secs: 60 }, host_options: {} };
  const made = await json("engine_new", { options });
  expect(made).toMatchObject({ ok: true });
  const { engine_id: id } = made.result as { readonly [key: string]: Json };
  const loads: JsonObject[] = [];
  beside = async () => {
    loads.push(
      await json("load_from_roots", {
        engine_id: id ?? null,
        skill_roots: [{ name: "ROOT", skills_dir: "/runtime/skills" }],
      }),
    );
  };
  const files = skill("notes", { add: "return function() return 'added' end" });
  const zip = zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace("skills/", ""), strToU8(text)])),
  );
  await engine.request({ op: "skills.install", source: { zip, skillId: "notes" } });
  beside = async () => {};
  expect(steps).toContain("package-staged");
  expect(loads).toEqual(steps.map(() => expect.objectContaining({ ok: true })));
  expect((await engine.request({ op: "call", name: "notes-add", args: {} })).content).toBe("added");
  expect(store.fs.stat("/runtime/skills/notes/skill.yaml")?.kind).toBe("file");
  await engine.close();
});
