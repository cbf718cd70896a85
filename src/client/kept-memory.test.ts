/** A runtime in memory is as durable as any while it is open: an engine that had to be ended takes nothing committed with it. */
import { expect, it, vi } from "vitest";
import { createEngine } from "../engine/engine.ts";
import { defaultLimits } from "../limits.ts";
import { deafLink } from "../testing/fake-engine.ts";
import { testLua } from "../testing/test-wasm.ts";
import { openStore } from "../vfs/open-store.ts";
import { InlineLink } from "../wire/inline-link.ts";
import { superviseRuntime } from "./supervise.ts";

const manifest =
  "name: Notes\nversion: 1.0.0\nentries:\n  - { name: read, lua_entry: runtime/read.lua, lua_module: notes.read }\n";

it("files, packages and configuration survive a hard stop", async () => {
  const lua = await testLua();
  const links: Array<ReturnType<typeof deafLink>> = [];
  const { runtime } = await superviseRuntime({ storage: { kind: "memory" }, limits: { stopGraceMs: 20 } }, {}, () => {
    const inline = new InlineLink(async ({ options, kept }, wiring) => {
      const keeping = kept && { kept, keep: wiring.keep };
      const store = await openStore({ kind: "memory" }, { limits: defaultLimits, keeping });
      return createEngine({ environment: "node", lua, store, clock: { now: () => Date.now() }, ...wiring }, options);
    });
    const link = deafLink(inline);
    links.push(link);
    return link;
  });
  await runtime.fs.write("/runtime/skills/notes/skill.yaml", manifest);
  await runtime.fs.write(
    "/runtime/skills/notes/runtime/read.lua",
    "return function() return vulcan.fs.read('/work/a') end",
  );
  await runtime.fs.write("/work/a", "kept");
  await runtime.fs.write("/work/large", new Uint8Array(100_000).fill(7));
  await runtime.fs.write("/work/gone", "x");
  await runtime.fs.remove("/work/gone");
  await runtime.config.set("notes", "tone", "loud");
  await runtime.skills.reload();
  expect((await runtime.call("notes-read")).content).toBe("kept");

  const restarted = vi.fn();
  runtime.on("restart", restarted);
  const [first] = links;
  if (!first) throw new Error("no engine");
  const stuck = runtime.runLua("return 1", {}, { timeoutMs: 10 }).catch((error: { code: string }) => error.code);
  first.deaf = true;
  expect(await stuck).not.toBe("internal");
  if (!first.terminated) {
    // The code was faster than the deafness.
    await expect(runtime.runLua("return 1", {}, { timeoutMs: 10 })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
  }
  expect(restarted).toHaveBeenCalledTimes(1);

  expect((await runtime.call("notes-read")).content).toBe("kept");
  expect(runtime.list().map(({ name }) => name)).toEqual(["notes-read"]);
  expect((await runtime.fs.readBytes("/work/large")).length).toBe(100_000);
  expect(await runtime.fs.stat("/work/gone")).toBeUndefined();
  expect(await runtime.config.get("notes", "tone")).toBe("loud");
  await runtime.close();
});
