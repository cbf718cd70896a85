// The client as a page uses it: the real worker of dist/, real storage.
import { createRuntime, LuaSkillsError, type Runtime, type RuntimeOptions } from "../../../src/index.ts";
import { IndexedDbBackend } from "../../../src/vfs/backends/indexeddb.ts";
import { assert, equal, test, thrown } from "../page.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
let stores = 0;

/** A store of its own for each test: nothing of another is found there, and nothing is in use. */
function freshStore(): { readonly kind: "indexeddb"; readonly name: string } {
  stores += 1;
  return { kind: "indexeddb", name: `client-${Date.now()}-${stores}` };
}

async function withRuntime<T>(options: RuntimeOptions, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await createRuntime(options);
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

const skill = (entries: Record<string, string>): Array<readonly [string, string]> => [
  [
    "/runtime/skills/probe/skill.yaml",
    `name: Probe\nversion: 1.0.0\nentries:\n${Object.keys(entries)
      .map((name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: probe.${name} }\n`)
      .join("")}`,
  ],
  ...Object.entries(entries).map(([name, source]) => [`/runtime/skills/probe/runtime/${name}.lua`, source] as const),
];

async function installProbe(runtime: Runtime, entries: Record<string, string>): Promise<void> {
  for (const [path, text] of skill(entries)) await runtime.fs.write(path, text);
  await runtime.skills.reload();
}

test("two lines are enough", async () => {
  const runtime = await createRuntime();
  equal(await runtime.runLua("return args.a + 1", { a: 41 }), 42);
  equal(runtime.capabilities.environment, "browser");
  const { kind, durable } = runtime.capabilities.storage;
  assert(durable && (kind === "opfs" || kind === "indexeddb"), `the default storage is ${kind}`);
  await runtime.close();
  await runtime.close();
  equal((await thrown(() => runtime.runLua("return 1"))).code, "runtime_closed");
});

test("the runtime is disposable where the platform knows the symbol, and where it does not", async () => {
  const runtime = await createRuntime({ storage: { kind: "memory" } });
  const symbol = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
  await (runtime as unknown as Record<symbol, () => Promise<void>>)[symbol]?.();
  equal((await thrown(() => runtime.runLua("return 1"))).code, "runtime_closed");
});

test("files and skills are there for the next runtime of the same store", async () => {
  const storage = freshStore();
  await withRuntime({ storage }, async (runtime) => {
    await installProbe(runtime, {
      save: 'return function(a) vulcan.fs.write("/runtime/kept.txt", a.text) return "ok" end',
    });
    equal(
      runtime.list().map((entry) => entry.name),
      ["probe-save"],
    );
    equal((await runtime.call("probe-save", { text: "grün 你好" })).content, "ok");
  });
  await withRuntime({ storage }, async (runtime) => {
    equal(await runtime.fs.readText("/runtime/kept.txt"), "grün 你好");
    equal((await runtime.call("probe-save", { text: "2" })).content, "ok");
  });
});

test("a store has one owner: a second runtime fails clearly, or waits when asked to", async () => {
  const storage = freshStore();
  const first = await createRuntime({ storage });
  const error = await thrown(() => createRuntime({ storage: { ...storage, whenInUse: "fail" } }));
  equal(error.code, "storage_in_use");
  assert(error instanceof LuaSkillsError && error.message.includes(storage.name), error.message);
  const controller = new AbortController();
  const given = createRuntime({ storage: { ...storage, whenInUse: "wait" }, signal: controller.signal });
  controller.abort();
  equal((await thrown(() => given)).code, "aborted");
  const waiting = createRuntime({ storage: { ...storage, whenInUse: "wait" } });
  await first.runLua('vulcan.fs.write("/runtime/by-first", "1")');
  await first.close();
  const second = await waiting;
  equal(await second.fs.readText("/runtime/by-first"), "1");
  await second.close();
});

test("an aborted call ends, and the runtime goes on", async () => {
  await withRuntime(
    { storage: { kind: "memory" }, hostTools: { never: () => new Promise(() => {}) } },
    async (runtime) => {
      const early = await thrown(() => runtime.runLua("return 1", {}, { signal: AbortSignal.abort() }));
      equal(early.code, "aborted");
      const controller = new AbortController();
      const waiting = runtime.runLua('return vulcan.host.call("never", {})', {}, { signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      equal((await thrown(() => waiting)).code, "aborted");
      equal(await runtime.runLua("return 2"), 2);
    },
  );
});

test("a loop is stopped by its deadline", async () => {
  await withRuntime({ storage: { kind: "memory" } }, async (runtime) => {
    const started = performance.now();
    const error = await thrown(() => runtime.runLua("while true do end", {}, { timeoutMs: 200 }));
    equal(error.code, "deadline_exceeded");
    assert(performance.now() - started < 2_000, `it took ${performance.now() - started} ms`);
    equal(await runtime.runLua("return 3"), 3);
  });
});

test("an endless loop that is aborted: the call fails, the engine and the other call go on, saved data stays", async () => {
  const storage = freshStore();
  await withRuntime({ storage, warmSpare: true }, async (runtime) => {
    const reasons: string[] = [];
    runtime.on("restart", ({ reason }) => reasons.push(reason));
    await runtime.runLua('vulcan.fs.write("/runtime/acknowledged", "yes")');
    const controller = new AbortController();
    const stuck = runtime.runLua("while true do end", {}, { signal: controller.signal });
    const bystander = runtime.runLua("return 1");
    setTimeout(() => controller.abort(), 100);
    equal((await thrown(() => stuck)).code, "aborted");
    // Runs give way to each other, so the loop held up nobody and cost no engine.
    equal(await bystander, 1);
    equal(await runtime.runLua('return vulcan.fs.read("/runtime/acknowledged")'), "yes");
    await runtime.runLua('vulcan.fs.write("/runtime/after", "1")');
    equal(reasons, []);
  });
  await withRuntime({ storage }, async (runtime) => {
    equal(await runtime.fs.list("/runtime"), ["acknowledged", "after"]);
  });
});

test("host tools are async functions of the page that look synchronous to Lua", async () => {
  const add = async ({ a, b }: Record<string, unknown>) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return Number(a) + Number(b);
  };
  const fail = () => {
    throw new LuaSkillsError("permission_denied", "not today");
  };
  await withRuntime({ storage: { kind: "memory" }, hostTools: { add, fail } }, async (runtime) => {
    const code = `
      local sum = vulcan.host.call("add", { a = 1, b = 2 })
      local ok, failed = pcall(vulcan.host.call, "fail", {})
      return { sum.value, ok, failed.ok, failed.error.message, vulcan.host.list(), vulcan.host.has("add"), vulcan.host.has("x") }`;
    equal(await runtime.runLua(code), [3, true, false, "not today", ["add", "fail"], true, false]);
    const many = Array.from({ length: 12 }, (_, i) =>
      runtime.runLua('return vulcan.host.call("add", { a = args.i, b = 1 }).value', { i }),
    );
    equal(
      await Promise.all(many),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
  });
});

test("models answer and fail in the shapes of the spec", async () => {
  const embed = async ({ text }: { text: string }) => ({ vector: [text.length, 0.5], dimensions: 2 });
  const llm = () => Promise.reject({ code: "provider_error", message: "quota", provider_status: 429 });
  await withRuntime({ storage: { kind: "memory" }, embed, llm }, async (runtime) => {
    equal(await runtime.runLua('return vulcan.models.embed("abc").vector'), [3, 0.5]);
    const failed = await runtime.runLua(
      'local r = vulcan.models.llm("s", "u") return { r.ok, r.error.code, r.error.provider_status }',
    );
    equal(failed, [false, "provider_error", 429]);
  });
});

test("errors keep their code, their data and Lua's traceback", async () => {
  await withRuntime({ storage: { kind: "memory" } }, async (runtime) => {
    await installProbe(runtime, {
      boom: 'local function inner() error("kaput") end\nreturn function() inner() end',
      syntax: "return function( end",
    });
    const problem = runtime.problems()[0];
    equal(problem?.error.code, "lua_syntax_error");
    await installProbe(runtime, { boom: 'local function inner() error("kaput") end\nreturn function() inner() end' });
    const error = await thrown(() => runtime.call("probe-boom"));
    assert(error instanceof LuaSkillsError, "it is a LuaSkillsError");
    equal(error.code, "lua_error");
    assert(/kaput/.test(error.message), error.message);
    assert(/inner/.test(error.luaTraceback ?? ""), `traceback: ${error.luaTraceback}`);
    const unknown = (await thrown(() => runtime.call("probe-bom"))) as LuaSkillsError;
    equal([unknown.code, unknown.data.near], ["entry_not_found", ["probe-boom"]]);
  });
});

test("a stream gives the log of its call, then the result", async () => {
  await withRuntime({ storage: { kind: "memory" } }, async (runtime) => {
    await installProbe(runtime, { talk: 'return function() vulcan.runtime.log("warn", "hm") return "said" end' });
    const events: string[] = [];
    for await (const event of runtime.stream("probe-talk")) {
      events.push(event.type === "log" ? `${event.event.level} ${event.event.message}` : event.type);
    }
    equal(events, ["warn [LuaSkill:warn] hm", "result"]);
  });
});

test("zips go in and out", async () => {
  await withRuntime({ storage: { kind: "memory" } }, async (runtime) => {
    await runtime.fs.write("/runtime/in/a.txt", "A");
    const zip = await runtime.fs.exportZip("/runtime/in");
    await runtime.fs.mkdir("/runtime/out");
    equal(await runtime.fs.importZip("/runtime/out", zip), { files: 1 });
    const broken = await thrown(() => runtime.fs.importZip("/runtime/bad", bytes("not a zip")));
    equal(broken.code, "invalid_archive");
    equal(await runtime.fs.stat("/runtime/bad"), undefined);
  });
});

test("a missing worker file is named, with what the server says", async () => {
  const error = await thrown(() => createRuntime({ workerUrl: "/bundle/nowhere/worker.js" }));
  equal(error.code, "worker_unavailable");
  assert(error.message.includes("/bundle/nowhere/worker.js"), error.message);
  assert(error.message.includes("404"), error.message);
  assert(error.message.includes("workerUrl"), error.message);
});

test("a worker that is no worker is named", async () => {
  const html = await thrown(() => createRuntime({ workerUrl: "/blank.html", limits: { handshakeMs: 2_000 } }));
  equal(html.code, "worker_unavailable");
  assert(html.message.includes("text/html"), html.message);
  const silent = URL.createObjectURL(new Blob(["// says nothing"], { type: "text/javascript" }));
  const error = await thrown(() => createRuntime({ workerUrl: silent, limits: { handshakeMs: 300 } }));
  equal(error.code, "worker_unavailable");
  assert(error.message.includes("handshakeMs"), error.message);
});

test("a wrong wasm file is named, with what it is instead", async () => {
  const storage = freshStore();
  const error = await thrown(() => createRuntime({ storage, wasm: { lua: "/blank.html" } }));
  equal(error.code, "wasm_unavailable");
  assert(/HTML/.test(error.message), error.message);
  // Nothing of the failed start holds the store.
  await withRuntime({ storage }, async (runtime) => equal(await runtime.runLua("return 1"), 1));
});

test("Lua is fetched beside the worker's script, once for all workers of a runtime", async () => {
  const fetched = () =>
    performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/lua.wasm")).length;
  const before = fetched();
  // An engine that is aborted may hear it in time and go on, so the worker that the runtime makes by itself is ended from outside.
  const { Worker: Made } = globalThis;
  const made: Worker[] = [];
  globalThis.Worker = class extends Made {
    constructor(...args: ConstructorParameters<typeof Made>) {
      super(...args);
      made.push(this);
    }
  };
  try {
    await withRuntime(
      { storage: { kind: "memory" }, hostTools: { never: () => new Promise(() => {}) } },
      async (runtime) => {
        equal(fetched(), before + 1);
        const restarted = new Promise((resolve) => runtime.on("restart", resolve));
        const stopped = thrown(() => runtime.runLua('return vulcan.host.call("never", {})'));
        made[0]?.terminate();
        equal((await stopped).code, "worker_crashed");
        await restarted;
        equal(await runtime.runLua("return 1"), 1);
        equal([made.length, fetched()], [2, before + 1]);
      },
    );
  } finally {
    globalThis.Worker = Made;
  }
});

test("a compiled module is taken as it is", async () => {
  const lua = await WebAssembly.compile(await (await fetch("/dist/lua.wasm")).arrayBuffer());
  await withRuntime({ storage: { kind: "memory" }, wasm: { lua } }, async (runtime) => {
    equal(await runtime.runLua("return 5 // 2"), 2);
  });
});

test("blocked IndexedDB is reported, and nothing is kept in memory behind one's back", async () => {
  const blocked = `Object.defineProperty(self, "indexedDB", { get() { throw new DOMException("blocked", "SecurityError"); } });
    import(${JSON.stringify(new URL("/dist/worker.js", location.href).href)});`;
  const shim = URL.createObjectURL(new Blob([blocked], { type: "text/javascript" }));
  const storage = freshStore();
  const error = await thrown(() =>
    createRuntime({ storage, worker: () => new Worker(shim, { type: "module" }), limits: { handshakeMs: 2_000 } }),
  );
  assert(
    error.code === "storage_unavailable" || error.code === "worker_unavailable",
    `${error.code}: ${error.message}`,
  );
});

test("a worker that dies by itself fails what is in flight, and is replaced", async () => {
  const made: Worker[] = [];
  const worker = () => {
    const own = new Worker("/dist/worker.js", { type: "module" });
    made.push(own);
    return own;
  };
  await withRuntime(
    { storage: { kind: "memory" }, worker, hostTools: { never: () => new Promise(() => {}) } },
    async (runtime) => {
      const pending = runtime.runLua('return vulcan.host.call("never", {})');
      pending.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      made[0]?.terminate();
      equal((await thrown(() => pending)).code, "worker_crashed");
      equal(await runtime.runLua("return 4"), 4);
      equal(made.length, 2);
    },
  );
});

test("a store refuses the commit of an engine that was replaced", async () => {
  const { name } = freshStore();
  const zombie = await IndexedDbBackend.open(name);
  const owner = await IndexedDbBackend.open(name);
  await owner.commit({ puts: [["a", bytes("new")]], deletes: [] }, { strict: false });
  for (const strict of [false, true]) {
    const late = await thrown(() => zombie.commit({ puts: [["a", bytes("old")]], deletes: [] }, { strict }));
    equal(late.code, "storage_in_use");
  }
  equal(await owner.load(), [["a", bytes("new")]]);
});

test("arguments and options of the wrong kind are named", async () => {
  equal(
    (await thrown(() => createRuntime({ storage: { kind: "memory" }, limit: {} } as never))).code,
    "invalid_argument",
  );
  await withRuntime({ storage: { kind: "memory" } }, async (runtime) => {
    const error = await thrown(() => runtime.call("x", { f: () => 1 } as never));
    equal(error.code, "invalid_argument");
    equal((await thrown(() => runtime.fs.readText("relative"))).code, "invalid_argument");
    equal((await thrown(() => runtime.fs.readText("/runtime/none"))).code, "not_found");
  });
});
