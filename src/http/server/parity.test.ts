/** Every member of Runtime does over HTTP what it does here: the same script on both, the same answers. */
import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, it, vi } from "vitest";
import { databaseTour } from "../../../test/portable/database-tour.ts";
import type { Runtime, StreamEvent } from "../../contract/contract.ts";
import { superviseNodeRuntime } from "../../platforms/node/node.ts";
import { connectRuntime } from "../client/connect-runtime.ts";
import { createHttpHandler } from "./handler.ts";

const manifest = (version: string) => `name: Echo
version: ${version}
entries:
  - { name: say, lua_entry: runtime/say.lua, lua_module: echo.say, description: says it again }
`;
const say = "return function(a) vulcan.runtime.log('warn', 'saying') return a.text end";
const zip = (version: string) =>
  zipSync({ "echo/skill.yaml": strToU8(manifest(version)), "echo/runtime/say.lua": strToU8(say) });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error) => [error.name, error.code, error.message, error.data, error.luaTraceback?.split("\n")[0]],
  );

/** One row per member; the type says when one is missing. Each answers what has to be equal. */
const members: { readonly [K in keyof Required<Runtime>]: (runtime: Runtime) => unknown } = {
  capabilities: ({ capabilities }) => capabilities,
  skills: async (runtime) => {
    const { skills } = runtime;
    await skills.install({ zip: zip("1.0.0"), skillId: "echo" });
    await skills.disable("echo", "tired");
    await skills.enable("echo");
    await skills.update({ zip: zip("1.1.0"), skillId: "echo" });
    await skills.reload();
    return [await failure(runtime.help("echo")), await failure(skills.uninstall("nope"))];
  },
  list: (runtime) => runtime.list(),
  problems: async (runtime) => {
    await runtime.fs.write("/runtime/skills/broken/skill.yaml", "name: [");
    await runtime.skills.reload();
    const found = runtime.problems();
    await runtime.fs.remove("/runtime/skills/broken", { recursive: true });
    await runtime.skills.reload();
    return [found, runtime.problems()];
  },
  call: async (runtime) => {
    const { usage: _, ...result } = await runtime.call(
      "echo-say",
      { text: "grüße" },
      { context: { client_budget: 7 } },
    );
    return [result, await failure(runtime.call("echo-sya")), await failure(runtime.call(7 as never))];
  },
  stream: async (runtime) => {
    const events: StreamEvent["type"][] = [];
    for await (const event of runtime.stream("echo-say", { text: "hi" })) events.push(event.type);
    for await (const event of runtime.stream("echo-say", { text: "hi" })) {
      events.push(event.type);
      break;
    }
    return events;
  },
  runLua: async (runtime) => {
    const given = AbortSignal.abort(new Error("no"));
    return [
      await runtime.runLua("return args", { deep: [1, { $bytes: "AA==" }, null, "ü"] }),
      await failure(runtime.runLua("error(setmetatable({}, { __tostring = function() return 'mine' end }))")),
      await failure(runtime.runLua("local =")),
      await failure(runtime.runLua("return 1", {}, { signal: given })),
      await failure(runtime.runLua("while true do end", {}, { timeoutMs: 50 })),
    ];
  },
  session: async (runtime) => {
    const session = await runtime.session({ entries: ["echo-say"] });
    const first = await session.eval("x = vulcan.call('echo-say', { text = args.text })", { text: "ü" });
    const answers = [first, await session.eval("return x"), await failure(session.eval("\nreturn x.y.z"))];
    await session.close();
    return answers;
  },
  luaexec: async (runtime) => [
    (await runtime.luaexec({ task: "add", code: "return 1 + 1" })).replace(/\d+ ?ms/g, ""),
    await failure(runtime.luaexec(null as never)),
  ],
  help: (runtime) => failure(runtime.help()),
  fs: async ({ fs }) => {
    await fs.write("/runtime/a/b.txt", "über");
    await fs.write("/runtime/a/c.bin", Uint8Array.of(0, 255));
    await fs.mkdir("/runtime/a/d");
    await fs.rename("/runtime/a/b.txt", "/runtime/a/d/b.txt");
    const archive = await fs.exportZip("/runtime/a");
    const imported = await fs.importZip("/runtime/copy", archive);
    const { kind, size } = (await fs.stat("/runtime/a/c.bin")) ?? {};
    return [
      await fs.readText("/runtime/copy/d/b.txt"),
      await fs.readBytes("/runtime/a/c.bin"),
      [kind, size, await fs.stat("/runtime/none")],
      await fs.list("/runtime/a"),
      [imported, Object.keys(unzipSync(archive)).sort()],
      await fs.remove("/runtime/a", { recursive: true }),
      await failure(fs.readText("/runtime/a/c.bin")),
    ];
  },
  config: async ({ config }) => {
    await config.set("echo", "tone", "loud");
    const found = [await config.get("echo", "tone"), await config.get("echo", "none"), await config.list("echo")];
    return [found, await config.delete("echo", "tone"), await config.list()];
  },
  databases: (runtime) => databaseTour(runtime),
  grants: async ({ grants }) => [await grants.list(), await grants.revoke({ skill: "echo" })],
  json: async (runtime) => [
    await runtime.json("is_skill", { authority: "system", tool_name: "echo-say" }),
    await runtime.json("no_such_function"),
  ],
  storage: ({ storage }) => failure(storage.move("opfs")),
  check: (runtime) => runtime.check(),
  backup: async (runtime) => {
    const steps: number[] = [];
    const archive = await runtime.backup({ onProgress: ({ done }) => steps.push(done) });
    const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
    return [
      Object.keys(files).sort(),
      steps.length > 1,
      await failure(runtime.backup({ signal: AbortSignal.abort() })),
    ];
  },
  shell: async (runtime) => [
    await runtime.shell("cd /runtime && cat && echo $A >&2; exit 3", { stdin: "über", env: { A: "b" } }),
    await failure(runtime.shell("true", { cwd: "/none" })),
    (await runtime.shell("sleep 30", { timeoutMs: 50 })).timedOut,
  ],
  flush: (runtime) => runtime.flush(),
  subscribe: async (runtime) => {
    const seen: string[] = [];
    const note = (what: string) => seen.push(`${what}: ${runtime.list().length} entries`);
    const stops = [runtime.subscribe(() => note("state")), runtime.on("registry", () => note("registry"))];
    await runtime.skills.disable("echo");
    await vi.waitFor(() => expect(seen.some((line) => line.startsWith("registry"))).toBe(true));
    for (const stop of stops) stop();
    await runtime.skills.enable("echo");
    // Who hears of a change finds it done.
    return [seen[0], seen.find((line) => line.startsWith("registry"))];
  },
  on: async (runtime) => {
    const heard: string[] = [];
    const stop = runtime.on("log", ({ message }) => heard.push(message));
    await runtime.runLua("print('one')");
    stop();
    await runtime.runLua("print('two')");
    return heard;
  },
  [Symbol.asyncDispose]: (runtime) => typeof runtime[Symbol.asyncDispose],
  close: async (runtime) => {
    const pending = failure(runtime.runLua("while true do end", {}, { timeoutMs: 300 }));
    await runtime.close();
    await runtime.close();
    return [(await pending)[1], await failure(runtime.runLua("return 1"))];
  },
};

async function answers(runtime: Runtime): Promise<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  for (const name of Reflect.ownKeys(members) as Array<keyof typeof members>) {
    out[String(name)] = await members[name](runtime);
  }
  return out;
}

describe("connectRuntime", () => {
  it("answers as the local runtime does, member by member", async () => {
    const local = await superviseNodeRuntime();
    const here = await answers(local.runtime);
    const served = await superviseNodeRuntime();
    const handler = createHttpHandler(served, { authorize: () => "manage" });
    const remote = await connectRuntime("http://skills.test", {
      fetch: (url, init) => handler(new Request(url, init)),
    });
    const there = await answers(remote);
    for (const name of Object.keys(here)) expect(there[name], name).toEqual(here[name]);
    expect(await served.runtime.runLua("return 1"), "the engine outlives its client").toBe(1);
    await served.runtime.close();
  });
});
