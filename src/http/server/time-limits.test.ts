/** Every way to have code run × every limit of time the host may set: the client's own may only lower it. */
import { strToU8, zipSync } from "fflate";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { Json, JsonObject, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import { superviseNodeRuntime } from "../../platforms/node/node.ts";
import { createHttpHandler, type HttpHandler } from "./handler.ts";

const endless = "while true do end";
const tooLong = 600_000;
const zip = zipSync({
  "loop/skill.yaml": strToU8(
    "name: Loop\nversion: 1.0.0\nhelp:\n  main: { file: help/main.lua }\nentries:\n  - { name: run, lua_entry: runtime/run.lua, lua_module: loop.run }\n",
  ),
  "loop/runtime/run.lua": strToU8(`return function() ${endless} end`),
  "loop/help/main.lua": strToU8(endless),
});

interface World {
  readonly runtime: Runtime;
  post(path: string, body: unknown): Promise<string>;
}
type Way = (world: World) => Promise<unknown>;

async function lease({ runtime }: World): Promise<JsonObject> {
  const { result } = await runtime.json("runtime_lease_create", { sid: "s", replace: true });
  const { lease_id: id } = result as { [key: string]: Json };
  return { lease_id: id as string, sid: "s", code: endless, timeout_ms: tooLong };
}
const context = { request_context: null, client_budget: {}, tool_config: {} };
const json = (more: JsonObject): JsonObject => ({ timeout_ms: tooLong, invocation_context: context, ...more });

/** In the host's own process: what it says in `call`, `runLua` and `shell` is its word, so these bring no time. */
const own: Readonly<Record<string, Way>> = {
  call: ({ runtime }) => runtime.call("loop-run"),
  runLua: ({ runtime }) => runtime.runLua(endless),
  luaexec: ({ runtime }) => runtime.luaexec({ code: endless, timeout_ms: tooLong }),
  session: async ({ runtime }) => (await runtime.session()).eval(endless),
  help: ({ runtime }) => runtime.help("loop"),
  "json runtime_lease_eval": async (world) => world.runtime.json("runtime_lease_eval", await lease(world)),
  "json call_skill": ({ runtime }) => runtime.json("call_skill", json({ tool_name: "loop-run", args: {} })),
  "json run_lua": ({ runtime }) => runtime.json("run_lua", json({ code: endless })),
};
const shell: Way = ({ runtime }) => runtime.shell("sleep 600");

const http: Readonly<Record<string, Way>> = {
  "/v1/call": ({ post }) => post("/v1/call", { name: "loop-run", timeoutMs: tooLong }),
  "/v1/stream": ({ post }) => post("/v1/stream", { name: "loop-run", timeoutMs: 0 }),
  "/v1/json/call_skill": ({ post }) => post("/v1/json/call_skill", json({ tool_name: "loop-run", args: {} })),
  "/v1/json/run_lua": ({ post }) => post("/v1/json/run_lua", json({ code: endless, timeout_ms: 0 })),
  "/v1/json/runtime_lease_eval": async (world) => world.post("/v1/json/runtime_lease_eval", await lease(world)),
  "/v1/json/help": ({ post }) =>
    post("/v1/json/render_skill_help_detail", json({ skill_id: "loop", flow_name: "main", authority: "system" })),
  "/v1/request call": ({ post }) => post("/v1/request", { op: "call", name: "loop-run", args: {}, timeoutMs: tooLong }),
  "/v1/request runLua": ({ post }) => post("/v1/request", { op: "runLua", code: endless, args: {}, timeoutMs: 0 }),
  "/v1/request luaexec": ({ post }) =>
    post("/v1/request", { op: "luaexec", request: { code: endless, timeout_ms: tooLong } }),
  "/v1/request help": ({ post }) => post("/v1/request", { op: "help", skillId: "loop", timeoutMs: tooLong }),
};
const httpShell: Way = ({ post }) =>
  post("/v1/request", { op: "shell", command: "sleep 600", timeoutMs: { $number: "Infinity" } });

/** Of the host's own, with "no limit" as its time: it stands before limits.callTimeoutMs, and only that. */
const unlimited: Readonly<Record<string, (timeoutMs: number) => Way>> = {
  call:
    (timeoutMs) =>
    ({ runtime }) =>
      runtime.call("loop-run", {}, { timeoutMs }),
  stream:
    (timeoutMs) =>
    async ({ runtime }) => {
      for await (const event of runtime.stream("loop-run", {}, { timeoutMs })) expect(event.type).not.toBe("result");
    },
  runLua:
    (timeoutMs) =>
    ({ runtime }) =>
      runtime.runLua(endless, {}, { timeoutMs }),
};
const noLimit: Readonly<Record<string, Way>> = Object.fromEntries(
  Object.entries(unlimited).flatMap(([name, way]) =>
    [0, Number.POSITIVE_INFINITY].map((ms) => [`${name}, ${ms}`, way(ms)]),
  ),
);

/** One runtime for all rows of the same limits. */
const worlds = new Map<string, Promise<World>>();

function worldOf(limits: Partial<Limits>, requestMs: number | undefined): Promise<World> {
  const key = JSON.stringify([limits, requestMs]);
  const made = worlds.get(key) ?? openWorld(limits, requestMs);
  worlds.set(key, made);
  return made;
}

async function openWorld(limits: Partial<Limits>, requestMs: number | undefined): Promise<World> {
  const served = await superviseNodeRuntime({ limits });
  const own = requestMs === undefined ? {} : { limits: { requestMs } };
  const handler: HttpHandler = createHttpHandler(served, { authorize: () => "manage", ...own });
  await served.runtime.skills.install({ zip, skillId: "loop" });
  const headers = { "content-type": "application/json" };
  const post = async (path: string, body: unknown) =>
    (
      await handler(new Request(`http://x.test${path}`, { method: "POST", body: JSON.stringify(body), headers }))
    ).text();
  return { runtime: served.runtime, post };
}

afterAll(async () => {
  for (const world of worlds.values()) await (await world).runtime.close();
});

async function outcome(way: Way, limits: Partial<Limits>, requestMs?: number): Promise<string> {
  const world = await worldOf(limits, requestMs);
  const answer = await way(world).catch((thrown: unknown) =>
    thrown instanceof LuaSkillsError ? `${thrown.code}: ${thrown.message}` : Promise.reject(thrown),
  );
  await vi.waitFor(async () => expect(await world.runtime.runLua("return 1")).toBe(1), { timeout: 15_000 });
  return typeof answer === "string" ? answer : JSON.stringify(answer);
}

const rows = (ways: Readonly<Record<string, Way>>) => Object.entries(ways);

describe("limits.callTimeoutMs ends", () => {
  it.each(rows({ ...own, ...http }))("%s, and is named", async (_, way) => {
    expect(await outcome(way, { callTimeoutMs: 70, runMs: 0 })).toContain("70 ms");
  });

  it.each(rows({ shell, "/v1/request shell": httpShell }))("%s", async (_, way) => {
    expect(await outcome(way, { callTimeoutMs: 70 })).toContain('"timedOut":true');
  });
});

describe("limits.runMs ends", () => {
  it.each(rows({ ...own, ...http }))("%s, and is named", async (_, way) => {
    expect(await outcome(way, { runMs: 70 })).toContain("running time of 70 ms exceeded (limits.runMs)");
  });
});

describe("the time of the HTTP host ends", () => {
  it.each(rows(http))("%s", async (_, way) => {
    expect(await outcome(way, { runMs: 0 }, 70)).toContain("70 ms");
  });

  it("shell", async () => {
    expect(await outcome(httpShell, {}, 70)).toContain('"timedOut":true');
  });
});

describe("timeoutMs: 0 and Infinity", () => {
  it.each(rows(noLimit))("of the host: no limit of time but limits.runMs (%s)", async (_, way) => {
    expect(await outcome(way, { callTimeoutMs: 70, runMs: 250 })).toContain("running time of 250 ms exceeded");
  });

  it("of the host's shell: no limit", async () => {
    const way: Way = ({ runtime }) => runtime.shell("sleep 0.3 && echo slept", { timeoutMs: 0 });
    expect(await outcome(way, { callTimeoutMs: 70 })).toContain("slept");
  });

  it.each<readonly [string, Way]>([
    ["luaexec", ({ runtime }) => runtime.luaexec({ code: endless, timeout_ms: tooLong })],
    ["session", async ({ runtime }) => (await runtime.session()).eval(endless, {}, { timeoutMs: 0 })],
    ["json", ({ runtime }) => runtime.json("run_lua", json({ code: endless, timeout_ms: 0 }))],
    ...rows(http),
  ])("of whoever may only ask for less: the host's (%s)", async (_, way) => {
    expect(await outcome(way, { callTimeoutMs: 70, runMs: 0 }, 0)).toContain("70 ms");
  });
});

describe("a client's own time below the host's", () => {
  it.each<readonly [string, Way]>([
    ["call", ({ runtime }) => runtime.call("loop-run", {}, { timeoutMs: 50 })],
    ["luaexec", ({ runtime }) => runtime.luaexec({ code: endless, timeout_ms: 50 })],
    ["session", async ({ runtime }) => (await runtime.session()).eval(endless, {}, { timeoutMs: 50 })],
    ["json run_lua", ({ runtime }) => runtime.json("run_lua", json({ code: endless, timeout_ms: 50 }))],
    [
      "json help",
      ({ runtime }) =>
        runtime.json(
          "render_skill_help_detail",
          json({ skill_id: "loop", flow_name: "main", authority: "system", timeout_ms: 50 }),
        ),
    ],
    ["/v1/call", ({ post }) => post("/v1/call", { name: "loop-run", timeoutMs: 50 })],
  ])("%s counts", async (_, way) => {
    expect(await outcome(way, { callTimeoutMs: tooLong, runMs: 0 })).toContain("50 ms");
  });
});
