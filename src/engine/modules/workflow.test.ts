import { describe, expect, it } from "vitest";
import { arg, defineModule, fn, t } from "../../modules/index.ts";
import { failure, testEngine } from "../../testing/test-engine.ts";

const open = {
  actor: { id: "me" },
  policies: [{ id: "all", actions: ["*"], resources: ["*"], effect: "allow" as const }],
};

/** A module whose effects count how often they really happen; `fails` lets one break. */
async function world() {
  const calls: string[] = [];
  let broken: string | undefined;
  let at = 1_000;
  const effects = defineModule({
    name: "effects",
    description: "Effects that are counted",
    class: ["workflow", "io"],
    functions: {
      step: fn({
        params: [arg.string("name")],
        returns: [t.string, t.optional(t.luaError)],
        run: async (call, name) => call.command("effects.step", { name }),
      }),
      roll: fn({
        params: [arg.string("name")],
        returns: [t.number, t.optional(t.luaError)],
        run: async (call) => call.sideEffect(() => Math.random()),
      }),
      bare: fn({
        returns: [t.string, t.optional(t.luaError)],
        run: async (call) => call.sideEffect(() => call.checkString(2)),
      }),
    },
    commands: {
      "effects.step": async ({ name }: { name: string }) => {
        if (broken === name) throw new Error(`${name} broke`);
        calls.push(name);
        at += 10;
        return `${name} done`;
      },
    },
  });
  const { engine, store } = await testEngine({
    options: { modules: [effects, "time", "uuid", "workflow"], security: open },
    clock: { now: () => at },
  });
  const modules = ["effects", "time", "uuid", "channel", "workflow"];
  const run = (code: string, id: string, mode: "resume" | "replay" = "resume") =>
    engine.request({ op: "runLua", code, args: {}, modules: { modules, kind: "workflow", workflow: { id, mode } } });
  return {
    run,
    calls,
    break: (name: string | undefined) => {
      broken = name;
    },
    log: (id: string) => new TextDecoder().decode(store.fs.readFile(`/runtime/workflows/${id}.jsonl`)),
    write: (id: string, text: string) =>
      store.fs.writeFile(`/runtime/workflows/${id}.jsonl`, new TextEncoder().encode(text)),
  };
}

const program = `
local effects, time, uuid = require("effects"), require("time"), require("uuid")
local out = { effects.step("a"), (uuid.v4()), time.now():unix_nano(), math.random(1000) }
coroutine.spawn(function() time.sleep("20ms") out[#out + 1] = "slow" end)
coroutine.spawn(function() time.sleep("1ms") out[#out + 1] = "quick" end)
time.sleep("40ms")
out[#out + 1] = effects.step("b")
for key in pairs({ one = 1, two = 2, three = 3 }) do out[#out + 1] = key end
return out`;

describe("workflow runs", () => {
  it("a replay gives the same result and does nothing", async () => {
    const { run, calls, log } = await world();
    const first = await run(program, "w1");
    expect(first).toContain("quick");
    expect(calls).toEqual(["a", "b"]);
    const before = log("w1");
    expect(JSON.stringify(await run(program, "w1", "replay"))).toBe(JSON.stringify(first));
    expect(JSON.stringify(await run(program, "w1"))).toBe(JSON.stringify(first));
    expect(calls).toEqual(["a", "b"]);
    expect(log("w1")).toBe(before);
  });

  it("what a function with a recorded effect was given is part of the step", async () => {
    const { run } = await world();
    const code = (name: string) =>
      `return { require("effects").roll("${name}"), (require("effects").bare(1, "${name}")) }`;
    const first = await run(code("a"), "given");
    expect(await run(code("a"), "given", "replay")).toEqual(first);
    await expect(run(code("b"), "given", "replay")).rejects.toMatchObject({
      message: expect.stringContaining("replay diverged at step 1: recorded side_effect, got side_effect"),
    });
    const second = await run(
      `local e = require("effects") e.roll("a") return (e.bare(1, "b"))`,
      "given",
      "replay",
    ).catch((error: Error) => error.message);
    expect(second).toContain("replay diverged at step 2");
  });

  it("goes on after a crash: every effect once", async () => {
    const { run, calls, log, write } = await world();
    const steps = `local e = require("effects") local out = {} for i = 1, 5 do out[i] = e.step("s" .. i) end return out`;
    await run(steps, "w2");
    // What a crash after the third step leaves: whole lines, and a piece of the next.
    const lines = log("w2").split("\n");
    write("w2", `${lines.slice(0, 4).join("\n")}\n${lines[4]?.slice(0, 20)}`);
    calls.length = 0;
    expect(await run(steps, "w2")).toEqual(["s1 done", "s2 done", "s3 done", "s4 done", "s5 done"]);
    expect(calls).toEqual(["s4", "s5"]);
  });

  it("a changed order of effects is told with both sides, and cannot be caught", async () => {
    const { run, calls } = await world();
    await run(`local e, t = require("effects"), require("time") e.step("a") t.sleep("1ms") return 1`, "w3");
    const error = await failure(
      run(
        `local e, t = require("effects"), require("time") pcall(t.sleep, "1ms") pcall(e.step, "a") return "went on"`,
        "w3",
      ),
    );
    expect(error).toMatchObject({
      code: "lua_error",
      message: expect.stringContaining("replay diverged at step 1: recorded effects.step, got clock.sleep"),
      data: { kind: "Conflict", details: { recorded: { op: "effects.step" }, got: { op: "clock.sleep" } } },
    });
    expect(calls).toEqual(["a"]);
    expect((await failure(run("return 1", "w3"))).message).toContain("replay ended early: 2 recorded steps unused");
    expect((await failure(run(`require("effects").step("x") return 1`, "w4", "replay"))).message).toContain(
      "replay ends before step 1",
    );
  });

  it("failures are recorded, versions keep old logs alive", async () => {
    const { run, calls, break: breakStep } = await world();
    const program = `local _, e = require("effects").step("a") return { e and e:message() or "fine", e and e:kind() or "" }`;
    breakStep("a");
    expect(await run(program, "w5")).toEqual(["a broke", "Internal"]);
    breakStep(undefined);
    expect(await run(program, "w5")).toEqual(["a broke", "Internal"]);
    expect(calls).toEqual([]);
    const old = `local e = require("effects") return { 1, e.step("x") }`;
    const versioned = `local e, w = require("effects"), require("workflow") local v = w.version("greeting", 1, 2) return { v, e.step("x") }`;
    expect(await run(old, "w6")).toEqual([1, "x done"]);
    expect(await run(versioned, "w6")).toEqual([1, "x done"]);
    expect(await run(versioned, "w7")).toEqual([2, "x done"]);
    expect(await run(versioned, "w7")).toEqual([2, "x done"]);
  });
});

describe("pure runs", () => {
  it("a hundred fresh VMs give the same bytes, in the order of pairs, too", async () => {
    const { engine } = await testEngine({ options: { modules: ["json", "hash"] } });
    const code = `
      local json, hash, out = require("json"), require("hash"), {}
      local t = {} for i = 1, 40 do t["key" .. i] = i end
      for key in pairs(t) do out[#out + 1] = key end
      local tables = {} for i = 1, 5 do tables[{}] = i end
      for key, value in pairs(tables) do out[#out + 1] = tostring(key) .. value end
      return json.encode({ out, math.random(), tostring(print), string.format("%s %p", {}, t), hash.md5("x") })`;
    const run = () =>
      engine.request({ op: "runLua", code, args: { a: 1 }, modules: { modules: ["json", "hash"], kind: "pure" } });
    const seen = new Set<unknown>();
    for (let i = 0; i < 100; i++) seen.add(await run());
    expect(seen.size).toBe(1);
  }, 60_000);

  it("has no effects, and no way to wait", async () => {
    const waiting = defineModule({
      name: "waiting",
      description: "x",
      class: ["deterministic"],
      functions: { go: fn({ returns: [t.any, t.optional(t.luaError)], run: async () => 1 }) },
    });
    const { engine } = await testEngine({ options: { modules: [waiting, "json"] } });
    const run = (code: string) =>
      engine.request({ op: "runLua", code, args: {}, modules: { modules: ["waiting", "json"], kind: "pure" } });
    expect(
      await run(`local _, e = require("waiting").go()
        return { e:message(), e:kind(), vulcan.fs == nil, vulcan.call == nil, vulcan.sqlite == nil, loadfile == nil, debug == nil, pcall(require, "lfs"), os.date("%Y", 0), pcall(os.date), collectgarbage("count") }`),
    ).toEqual([
      "yield command is not allowed in a pure run",
      "Invalid",
      true,
      true,
      true,
      true,
      true,
      false,
      "1970",
      false,
      0,
    ]);
  });
});
