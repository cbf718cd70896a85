import { describe, expect, it } from "vitest";
import type { EngineOptions, SkillLimits } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";

const run = `return function(args) return vulcan.json.encode({ assert(load(args.code))() }) end`;
const ids = ["greedy", "other"] as const;
const files = Object.assign({}, ...ids.map((id) => skill(id, { run }, "sqlite: { enable: true }\n")));

async function world(options: EngineOptions, hostTool?: () => Promise<boolean>) {
  const made = await testEngine({ files, options, callbacks: hostTool ? { hostTool } : {} });
  const as = (who: string) => async (code: string) => JSON.parse(await made.call(`${who}-run`, { code })) as unknown[];
  return { ...made, greedy: as("greedy"), other: as("other") };
}

const loop = "while true do end";
/** A little of each, code that takes more, the value that lets it through, and what it fails with. */
const limits: Readonly<
  Record<keyof SkillLimits, readonly [little: number, code: string, much: number, error: string]>
> = {
  callTimeoutMs: [40, `return pcall(vulcan.host.call, "wait", {})`, 60_000, "deadline_exceeded"],
  runMs: [20, "local t = os.clock() while os.clock() - t < 0.06 do end", 60_000, "deadline_exceeded"],
  runInstructions: [50_000, "for i = 1, 100000 do local x = i * 2 end", 50_000_000, "budget_exceeded"],
  outputBytes: [500, `for i = 1, 20 do print("0123456789") end`, 100_000, "output_exceeded"],
  vmMemoryBytes: [4_194_304, `local s = ("x"):rep(2^23)`, 2 ** 26, "memory_exceeded"],
  skillCacheBytes: [100, `vulcan.cache.put(("x"):rep(200), 60)`, 1000, "quota_exceeded"],
  skillFileBytes: [100, `vulcan.fs.write("/big", ("x"):rep(200))`, 1000, "quota_exceeded"],
  skillFiles: [1, `vulcan.fs.write("/a", "") vulcan.fs.write("/b", "")`, 10, "quota_exceeded"],
  skillHandles: [
    1,
    `vulcan.fs.write("/h", "") local a, b = assert(io.open("/h")), assert(io.open("/h")) a:close() b:close()`,
    10,
    "quota_exceeded",
  ],
  skillDatabaseBytes: [
    100_000,
    `vulcan.sqlite.execute_script({ sql = "CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(200000))" })`,
    10_000_000,
    "quota_exceeded",
  ],
  skillCalls: [1, `return vulcan.host.call("wait", {}).ok`, 10, "overloaded"],
  skillLogBytes: [100, `for i = 1, 4 do print("line " .. i) end`, 10_000, ""],
};
type Name = keyof typeof limits;
const cases = Object.keys(limits) as Name[];

/** Ends when the test says so: two calls at once stand beside each other, and a waiting one has its time. */
function held() {
  let release = () => {};
  const waiting = new Promise<boolean>((resolve) => {
    release = () => resolve(true);
  });
  return { release, tool: () => waiting };
}

/** What came of the code: its error, or undefined, and its log. `answered`: what it waits for comes in the end. */
async function tried(name: Name, options: EngineOptions, who: (typeof ids)[number], answered = true) {
  const [, code] = limits[name];
  const { release, tool } = held();
  const made = await world(options, tool);
  const calls = name === "skillCalls" ? [made[who](code), made[who](code)] : [made[who](code)];
  if (answered) setTimeout(release, 60);
  const outcomes = await Promise.allSettled(calls);
  release();
  const lines = made.events.flatMap(([event, data]) =>
    event === "log" ? [(data as { message: string }).message] : [],
  );
  await made.engine.close();
  const failed = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
  return { error: failed?.reason as unknown, lines, printed: lines.filter((line) => line.includes("line ")).length };
}

describe("limits of one skill", () => {
  it.each(cases)("%s: lower for one than for the others, and the grant is named", async (name) => {
    const [little, , , code] = limits[name];
    const options = { grants: { greedy: { limits: { [name]: little } } } };
    const grant = `grants["greedy"].limits.${name}`;
    const { error, lines, printed } = await tried(name, options, "greedy", name !== "callTimeoutMs");
    if (name === "skillLogBytes") {
      expect([printed, lines.filter((line) => line.includes(grant)).length]).toEqual([1, 1]);
    } else {
      expect(error).toMatchObject({ code, data: { limit: name } });
      expect((error as LuaSkillsError).message).toContain(grant);
    }
    const others = await tried(name, options, "other");
    expect(others.error).toBeUndefined();
    if (name === "skillLogBytes") expect(others.printed).toBe(4);
  });

  it.each(cases)("%s: higher for one than for the others", async (name) => {
    const [little, , much] = limits[name];
    const options = { limits: { [name]: little }, grants: { greedy: { limits: { [name]: much } } } };
    const mine = await tried(name, options, "greedy");
    const others = await tried(name, options, "other", name !== "callTimeoutMs");
    expect(mine.error).toBeUndefined();
    if (name === "skillLogBytes") expect([mine.printed, others.printed]).toEqual([4, 1]);
    else expect(others.error).toBeDefined();
  });

  it("of its own go before those of all, each by itself", async () => {
    const grants = {
      "*": { limits: { skillCalls: 1, outputBytes: 500 } },
      greedy: { limits: { skillCalls: 10 } },
    };
    expect((await tried("skillCalls", { grants }, "greedy")).error).toBeUndefined();
    expect((await tried("skillCalls", { grants }, "other")).error).toMatchObject({ code: "overloaded" });
    expect((await tried("outputBytes", { grants }, "greedy")).error).toMatchObject({ code: "output_exceeded" });
  });

  it("of time holds whatever the caller asks for, and a caller may ask for less", async () => {
    const { call, engine } = await world({ grants: { greedy: { limits: { callTimeoutMs: 60 } } } });
    for (const asked of [600_000, Number.POSITIVE_INFINITY, 0]) {
      const error = await failure(
        engine.request({ op: "call", name: "greedy-run", args: { code: loop }, timeoutMs: asked }),
      );
      expect(error).toMatchObject({ code: "deadline_exceeded", data: { limit: "callTimeoutMs", limitValue: 60 } });
    }
    const error = await failure(call("greedy-run", { code: loop }, 20));
    expect(error).toMatchObject({ code: "deadline_exceeded", data: { limit: "timeoutMs", limitValue: 20 } });
    await engine.close();
  });

  it("of one that is called by another count there, too, and only there", async () => {
    const calls = `vulcan.call("greedy-run", { code = [[${loop}]] })`;
    for (const limit of ["runMs", "callTimeoutMs"]) {
      const { other, engine } = await world({ grants: { greedy: { limits: { [limit]: 50 } } } });
      const [ok, text] = await other(`local ok, text = pcall(function() ${calls} end) return ok, tostring(text)`);
      expect([ok, text]).toEqual([false, expect.stringContaining("50 ms exceeded")]);
      expect((await failure(other(calls))).message).toContain("50 ms exceeded");
      await engine.close();
    }
  });

  it("of running time is one for a call and all that it calls", async () => {
    const { other, engine } = await world({ limits: { runMs: 300 } });
    const busy = "local t = os.clock() while os.clock() - t < 0.08 do end";
    const error = await failure(
      other(`for i = 1, 20 do ${busy} vulcan.call("greedy-run", { code = [[${busy}]] }) end`),
    );
    expect(error).toMatchObject({ code: "deadline_exceeded", data: { limit: "runMs", limitValue: 300 } });
    await engine.close();
  });

  it("of everybody hold for code without a skill", async () => {
    const { lua, engine } = await world({ grants: { "*": { limits: { runMs: 30 } } } });
    const error = await failure(lua(loop));
    expect(error).toMatchObject({ code: "deadline_exceeded", data: { limit: "runMs", limitValue: 30 } });
    expect(error.message).toContain('grants["*"].limits.runMs');
    await engine.close();
  });

  it("leave those of the whole runtime where they are", async () => {
    const { greedy, engine } = await world({
      limits: { cacheBytes: 1000 },
      grants: { greedy: { limits: { skillCacheBytes: 10_000 } } },
    });
    const error = await failure(greedy(`vulcan.cache.put(("x"):rep(2000), 60)`));
    expect(error.message).toContain("limits.cacheBytes is 1000");
    await engine.close();
  });

  it.each<readonly [unknown, string]>([
    [{ vfsBytes: 1 }, 'grants["x"].limits.vfsBytes is not a limit of one skill; known: callTimeoutMs, runMs'],
    [{ runMs: -1 }, 'grants["x"].limits.runMs must be a finite number of at least 0, got -1'],
    [{ runMs: "5" }, 'grants["x"].limits.runMs must be a finite number of at least 0, got 5'],
    [{ vmMemoryBytes: 5 }, 'grants["x"].limits.vmMemoryBytes must be at least 4194304, got 5'],
    [[], 'grants["x"].limits must be an object of limits'],
    [true, 'grants["x"].limits must be an object of limits'],
  ])("%j is refused at the start", async (given, text) => {
    const error = await failure(testEngine({ options: { grants: { x: { limits: given as object } } } }));
    expect(error).toMatchObject({ code: "invalid_argument", message: expect.stringContaining(text) });
  });
});

describe("the log of one skill", () => {
  it("is bounded over its calls, says once that something is missing, and begins anew with the next minute", async () => {
    const clock = { time: 1_000_000, now: () => clock.time };
    const { call, engine, events } = await testEngine({ files, clock, options: { limits: { skillLogBytes: 1000 } } });
    const say = (who: string) => call(`${who}-run`, { code: `print(("x"):rep(200))` });
    const said = () =>
      events.flatMap(([name, event]) => (name === "log" ? [(event as { message: string }).message] : []));
    for (let i = 0; i < 10; i++) await say("greedy");
    expect(said().filter((line) => line.includes("xxx"))).toHaveLength(3);
    expect(said().filter((line) => line.includes("limits.skillLogBytes is 1000"))).toHaveLength(1);
    await say("other");
    expect(said().filter((line) => line.includes("xxx"))).toHaveLength(4);
    clock.time += 60_000;
    await say("greedy");
    expect(said().filter((line) => line.includes("xxx"))).toHaveLength(5);
    await engine.close();
  });

  it("counts its errors, too", async () => {
    const options = { limits: { skillLogBytes: 2000 } };
    const { call, engine, events } = await testEngine({ files, options });
    for (let i = 0; i < 5; i++) {
      expect(await failure(call("greedy-run", { code: `error(("x"):rep(900))` }))).toBeInstanceOf(LuaSkillsError);
    }
    expect(
      events.filter(([name, event]) => name === "log" && (event as { level: string }).level === "error"),
    ).toHaveLength(1);
    await engine.close();
  });
});
