import { describe, expect, it } from "vitest";
import { superviseNodeRuntime } from "../node/node.ts";
import type { EdgeEngine } from "./edge-runtime.ts";
import { OnDemandEngine } from "./on-demand-engine.ts";
import { Residents } from "./residents.ts";

function setup({ fails = 0, settled = (): boolean => true } = {}) {
  const made = { starts: 0, closes: 0 };
  const residents = new Residents();
  const engine = new OnDemandEngine({
    async start(): Promise<EdgeEngine> {
      made.starts += 1;
      if (made.starts <= fails) throw new Error("the disk is on fire");
      const supervised = await superviseNodeRuntime();
      const close = supervised.runtime.close.bind(supervised.runtime);
      supervised.runtime.close = async () => {
        made.closes += 1;
        await close();
      };
      return { ...supervised, memory: () => ({ vms: 10, databases: 0, files: 0 }), settled };
    },
    awake: async () => {},
    residents,
    limits: () => ({ bytes: 64 * 2 ** 20, patienceMs: 1_000, graceMs: 0 }),
  });
  const lua = (code: string) => engine.request({ op: "runLua", code, args: {} });
  return { made, residents, engine, lua };
}

describe("an engine on demand", () => {
  it("starts once for many requests, and again after it was let go of", async () => {
    const { made, residents, engine, lua } = setup();
    expect(await Promise.all([lua("x = 1 return 1"), lua("return 2")])).toEqual([1, 2]);
    expect([made.starts, residents.size]).toEqual([1, 1]);
    expect(engine.letGo()).toBe(true);
    expect([engine.memory(), residents.size]).toEqual([undefined, 0]);
    expect(await lua("return x")).toBe(null);
    expect(made.starts).toBe(2);
    await engine.close();
  });

  it("is not let go of while a request runs or something is not committed", async () => {
    let clean = true;
    const { engine, lua } = setup({ settled: () => clean });
    const call = lua("return 1");
    expect(engine.letGo()).toBe(false);
    await call;
    clean = false;
    expect(engine.letGo()).toBe(false);
    clean = true;
    expect(engine.letGo()).toBe(true);
  });

  it("keeps listeners and the last registry through every letting go", async () => {
    const { engine, lua } = setup();
    const heard: string[] = [];
    engine.emitter.on("log", ({ message }) => heard.push(message));
    await lua("print('one')");
    const { capabilities } = engine;
    engine.letGo();
    expect(engine.capabilities).toEqual(capabilities);
    await lua("print('two')");
    expect(heard).toEqual(["[LuaSkill:info] one", "[LuaSkill:info] two"]);
    await engine.close();
  });

  it("closes before it starts again", async () => {
    const { made, engine, lua } = setup();
    await lua("return 1");
    const closing = engine.close();
    expect(await lua("return 2")).toBe(2);
    await closing;
    expect(made).toEqual({ starts: 2, closes: 1 });
    await engine.close();
  });

  it("tells everybody who waited of a start that failed, and tries again with the next request", async () => {
    const { made, residents, lua, engine } = setup({ fails: 1 });
    const both = await Promise.allSettled([lua("return 1"), lua("return 2")]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect([made.starts, residents.size]).toEqual([1, 0]);
    expect(await lua("return 3")).toBe(3);
    await engine.close();
  });
});
