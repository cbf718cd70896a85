/** `luaskills-wasm/testing` of the packed package, from both test runners people have; it needs no globals of either. */
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import path from "node:path";
import type { App } from "./app.ts";
import { writeOwnWorker } from "./own-worker.ts";

const tests = (head: string) => `${head}
import { fn, defineModule, t } from "luaskills-wasm/modules";
import { createTestRuntime, TestScheduler, testModule } from "luaskills-wasm/testing";
import { twice } from "./twice.js";

const geo = defineModule({
  name: "geo",
  description: "Places",
  class: ["network", "io"],
  functions: { find: fn({ returns: [t.number, t.optional(t.luaError)], run: async (call) => call.command("geo.find", {}) }) },
});
test("a module alone", async () => {
  same(await testModule(twice, "return twice.of(21)"), 42);
});
test("under a scheduler, hours in no time", async () => {
  const scheduler = new TestScheduler({ modules: [geo, "time"] });
  const find = scheduler.mock("geo.find", () => 7);
  const { value } = await scheduler.execute('require("time").sleep("3h") return (require("geo").find())');
  same([value, find.calls.length], [7, 1]);
  await scheduler.leakCheck();
  await scheduler.stop();
});
test("a whole runtime", async () => {
  const runtime = await createTestRuntime({ modules: ["json"], grants: { "*": ["json"] } });
  same(await runtime.runLua('return require("json").encode({ 1 })'), "[1]");
  await runtime.close();
});
`;

const runners = {
  "kit.test.mjs": 'import { deepEqual as same } from "node:assert";\nimport { test } from "node:test";',
  "kit.vitest.test.mjs":
    'import { expect, test } from "vitest";\nconst same = (got, wanted) => expect(got).toEqual(wanted);',
};

export const testKit = (app: App): void => {
  writeOwnWorker(app);
  for (const [file, head] of Object.entries(runners)) app.write(file, tests(head));
  symlinkSync(path.resolve("node_modules/vitest"), path.join(app.folder, "node_modules/vitest"));
  const vitest = path.resolve("node_modules/vitest/vitest.mjs");
  for (const [passed, args] of [
    [/^# pass 3$/m, ["--test", "--test-reporter=tap", "kit.test.mjs"]],
    [/3 passed/, [vitest, "run", "--root", ".", "kit.vitest.test.mjs"]],
  ] as const) {
    const said = execFileSync(process.execPath, args, {
      cwd: app.folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    if (!passed.test(said)) throw new Error(`the tests said: ${said}`);
  }
};
