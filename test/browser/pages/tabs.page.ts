// Several runtimes over one store, in one page: who leads, and that the others cannot be told from it. Tabs that close and crash are scenarios/tabs.
import { createRuntime, LuaSkillsError, type Runtime, type RuntimeOptions } from "../../../src/index.ts";
import { assert, equal, test, thrown } from "../page.ts";

let stores = 0;

function freshStore(): { readonly kind: "browser"; readonly name: string } {
  stores += 1;
  return { kind: "browser", name: `tabs-${Date.now()}-${stores}` };
}

/** A leader and a follower over a new store. */
async function two(
  use: (leader: Runtime, follower: Runtime) => Promise<void>,
  first: RuntimeOptions = {},
  second: RuntimeOptions = first,
): Promise<void> {
  const storage = freshStore();
  const leader = await createRuntime({ ...first, storage });
  const follower = await createRuntime({ ...second, storage });
  try {
    equal([leader.capabilities.role, follower.capabilities.role], ["leader", "follower"]);
    await use(leader, follower);
  } finally {
    await Promise.all([leader.close(), follower.close()]);
  }
}

const heard = (runtime: Runtime, reason: string) =>
  new Promise<void>((resolve) => {
    runtime.on("restart", (event) => {
      if (event.reason === reason) resolve();
    });
  });

const putEcho = async (runtime: Runtime) => {
  const manifest =
    "name: Echo\nversion: 1.0.0\nentries:\n  - { name: say, lua_entry: runtime/say.lua, lua_module: echo.say }\n";
  await runtime.fs.write("/runtime/skills/echo/skill.yaml", manifest);
  const say = 'return function(a) print("says " .. a.text) return a.text end';
  await runtime.fs.write("/runtime/skills/echo/runtime/say.lua", say);
  await runtime.skills.reload();
};

test("a second runtime of a store uses the engine of the first", async () => {
  await two(async (leader, follower) => {
    equal(await follower.runLua("return args.a + 1", { a: 41 }), 42);
    await follower.fs.write("/runtime/data/a.txt", "by the follower");
    equal(await leader.fs.readText("/runtime/data/a.txt"), "by the follower");
    let changed = 0;
    leader.subscribe(() => changed++);
    await putEcho(follower);
    equal([leader.list().length, follower.list().length, leader.list()[0]?.name], [1, 1, "echo-say"]);
    assert(changed > 0, "the leader was not told");
    const { usage, ...result } = await follower.call("echo-say", { text: "hi" });
    equal(result.content, "hi");
    assert(usage.instructions > 0 && usage.ms >= usage.runMs, JSON.stringify(usage));
    equal(await follower.config.list(), []);
    const big = new Uint8Array(3_000_000).map((_, i) => i % 251);
    await follower.fs.write("/runtime/data/big", big);
    equal((await follower.fs.readBytes("/runtime/data/big")).length, big.length);
    const error = await thrown(() => follower.runLua("error('no')"));
    assert(error instanceof LuaSkillsError && error.code === "lua_error", String(error));
    equal((await thrown(() => follower.fs.write("/runtime/x", {} as never))).code, "invalid_argument");
    equal((await thrown(() => follower.runLua("return 1", (() => 1) as never))).code, "invalid_argument");
  });
});

test("host callbacks run where the call was made", async () => {
  const of = (who: string): RuntimeOptions => ({
    hostTools: { who: () => who },
    llm: () => ({ ok: true, value: { assistant: who } }),
    decide: ({ resource }) => (resource === `only-${who}` ? "once" : "deny"),
    fetch: async () => ({ status: 200, headers: {}, body: new TextEncoder().encode(who) }),
    runProgram: () => ({ code: 0, stdout: who }),
    grants: { "*": { process: { ask: ["only-*"] } } },
    network: { "*": true },
  });
  const code = `
    local http = require("socket.http")
    local run = function(name)
      local ok, result = pcall(vulcan.process.exec, { program = name })
      return ok and result.stdout or "error"
    end
    return { vulcan.host.call("who", {}).value, (http.request("http://nowhere/")), run("only-leader"), run("only-follower") }`;
  await two(
    async (leader, follower) => {
      const answers = await Promise.all([leader.runLua(code), follower.runLua(code), leader.runLua(code)]);
      const of = (who: string) => [who, who, who === "leader" ? who : "", who === "follower" ? who : ""];
      equal(answers, [of("leader"), of("follower"), of("leader")]);
    },
    of("leader"),
    of("follower"),
  );
});

test("events reach everybody, those of a stream their own stream", async () => {
  await two(async (leader, follower) => {
    await putEcho(leader);
    const logs: string[] = [];
    leader.on("log", ({ message }) => logs.push(`leader ${message}`));
    follower.on("log", ({ message }) => logs.push(`follower ${message}`));
    const types: string[] = [];
    for await (const event of follower.stream("echo-say", { text: "one" })) {
      types.push(event.type === "log" ? event.event.message : event.type);
    }
    assert(types[0]?.includes("says one") && types.at(-1) === "result", JSON.stringify(types));
    await leader.call("echo-say", { text: "two" });
    await follower.flush();
    const count = (who: string, text: string) => logs.filter((log) => log.startsWith(who) && log.includes(text)).length;
    equal(
      [count("leader", "one"), count("follower", "one"), count("leader", "two"), count("follower", "two")],
      [1, 1, 1, 1],
    );
  });
});

test("a follower's signals, time limits and hanging calls are its own", async () => {
  await two(
    async (leader, follower) => {
      const controller = new AbortController();
      const waiting = follower.runLua('return vulcan.host.call("never", {})', {}, { signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      equal((await thrown(() => waiting)).code, "aborted");
      equal(
        (await thrown(() => follower.runLua("while true do end", {}, { timeoutMs: 50 }))).code,
        "deadline_exceeded",
      );
      const spinning = new AbortController();
      const spin = follower.runLua("while true do end", {}, { signal: spinning.signal });
      setTimeout(() => spinning.abort(), 50);
      equal((await thrown(() => spin)).code, "aborted");
      equal([await leader.runLua("return 1"), await follower.runLua("return 2")], [1, 2]);
    },
    { hostTools: { never: () => new Promise(() => {}) } },
  );
});

test("when the leader closes a follower leads, with everything that was acknowledged", async () => {
  let asked = () => {};
  const tools = { hostTools: { wait: () => new Promise<null>(() => asked()) } };
  await two(async (leader, follower) => {
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await follower.fs.write("/runtime/data/kept", "kept");
    const cut = thrown(() => follower.runLua('return vulcan.host.call("wait", {})'));
    await begun;
    const changed = heard(follower, "leader_changed");
    const reads = Promise.all([follower.fs.readText("/runtime/data/kept"), follower.fs.list("/runtime/data")]);
    await leader.close();
    const error = await cut;
    assert(error instanceof LuaSkillsError, String(error));
    equal([error.code, error.data], ["leader_changed", { effects: "possible" }]);
    equal(await reads, ["kept", ["kept"]]);
    await changed;
    equal(follower.capabilities.role, "leader");
    equal(await follower.runLua("return 7"), 7);
    equal((await thrown(() => leader.runLua("return 1"))).code, "runtime_closed");
  }, tools);
});

test("a new leader serves whoever comes, and calls made in between are not lost", async () => {
  const storage = freshStore();
  const first = await createRuntime({ storage });
  const second = await createRuntime({ storage });
  const third = await createRuntime({ storage });
  const closing = first.close();
  const answers = await Promise.all(
    [1, 2, 3, 4].map((n) => (n % 2 ? second : third).runLua("return args.n", { n }).catch((error) => error.code)),
  );
  await closing;
  equal(answers, [1, 2, 3, 4]);
  const fourth = await createRuntime({ storage });
  equal([second, third, fourth].map((each) => each.capabilities.role).sort(), ["follower", "follower", "leader"]);
  equal(await fourth.runLua("return 4"), 4);
  await Promise.all([second.close(), third.close(), fourth.close()]);
});

test("options that must agree are compared, and named", async () => {
  const storage = freshStore();
  const leader = await createRuntime({ storage, limits: { runMs: 5000 } });
  const error = await thrown(() => createRuntime({ storage, isolation: "shared", hostTools: { a: () => 1 } }));
  assert(error instanceof LuaSkillsError, String(error));
  equal([error.code, error.data], ["options_differ", { options: ["hostTool", "isolation", "limits.runMs"] }]);
  const alike = { storage, isolation: "skill", limits: { runMs: 5000, handshakeMs: 9000, stopGraceMs: 99 } } as const;
  const follower = await createRuntime(alike);
  equal(follower.capabilities.role, "follower");
  await Promise.all([leader.close(), follower.close()]);
});

test("a store that is kept for one runtime is shared by nobody", async () => {
  const storage = freshStore();
  const alone = await createRuntime({ storage: { ...storage, whenInUse: "fail" } });
  const error = await thrown(() => createRuntime({ storage }));
  equal(error.code, "storage_in_use");
  assert(error.message.includes(storage.name), error.message);
  await alone.close();
  const leader = await createRuntime({ storage });
  equal((await thrown(() => createRuntime({ storage: { ...storage, whenInUse: "fail" } }))).code, "storage_in_use");
  const waiting = createRuntime({ storage: { ...storage, whenInUse: "wait" } });
  await leader.close();
  const next = await waiting;
  equal(next.capabilities.role, "leader");
  await next.close();
});

test("checks, backups and moves of a follower are those of the store", async () => {
  await two(async (leader, follower) => {
    await leader.fs.write("/runtime/data/a", "a");
    const report = await follower.check();
    assert(report.ok && report.files > 0, JSON.stringify(report));
    const backup = await follower.backup();
    const copy = await createRuntime({ storage: { kind: "memory" }, restore: backup });
    equal(await copy.fs.readText("/runtime/data/a"), "a");
    await copy.close();
    if (follower.capabilities.storage.kind !== "opfs") return;
    await follower.storage.move("indexeddb");
    equal(
      [leader, follower].map((each) => each.capabilities.storage.kind),
      ["indexeddb", "indexeddb"],
    );
    equal(await leader.fs.readText("/runtime/data/a"), "a");
  });
});

test("frames and workers of the same origin take part", async () => {
  const storage = freshStore();
  const leader = await createRuntime({ storage });
  await leader.fs.write("/runtime/data/a", "a");
  const script = `
    import { createRuntime } from ${JSON.stringify(new URL("/dist/index.js", location.href).href)};
    const runtime = await createRuntime({ storage: ${JSON.stringify(storage)} });
    const answer = [runtime.capabilities.role, await runtime.fs.readText("/runtime/data/a"), await runtime.runLua("return 5")];
    await runtime.close();
    (globalThis.document ? parent : globalThis).postMessage(answer, ...(globalThis.document ? ["*"] : []));`;
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const fromWorker = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  equal(fromWorker, ["follower", "a", 5]);
  const frame = document.createElement("iframe");
  const fromFrame = new Promise((resolve) => addEventListener("message", ({ data }) => resolve(data), { once: true }));
  frame.srcdoc = `<script type="module" src="${url}"></script>`;
  document.body.append(frame);
  equal(await fromFrame, ["follower", "a", 5]);
  frame.remove();
  URL.revokeObjectURL(url);
  await leader.close();
});
