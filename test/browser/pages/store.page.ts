// Stores of a browser as a whole: which kind is taken, moving, checking, backing up, and what a hard stop costs.
import { createRuntime, type Runtime, type RuntimeOptions } from "../../../src/index.ts";
import { assert, equal, skip, test, thrown } from "../page.ts";

let stores = 0;
const fresh = (): string => `store-${Date.now()}-${++stores}`;
const large = new Uint8Array(300_000).map((_, i) => (i * 7919) >> 5);

/** Asked of the browser itself: a worker's synchronous files. */
async function hasLog(): Promise<boolean> {
  const source = `(async () => {
    try {
      const root = await navigator.storage.getDirectory();
      const handle = await (await root.getFileHandle("probe", { create: true })).createSyncAccessHandle();
      handle.close();
      postMessage(true);
    } catch { postMessage(false); }
  })()`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  try {
    return await new Promise<boolean>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data);
    });
  } finally {
    worker.terminate();
  }
}

const deleteDatabase = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });

async function fill(runtime: Runtime): Promise<void> {
  await runtime.fs.write("/runtime/data/large", large);
  await runtime.fs.write("/runtime/data/small", "small");
  await runtime.fs.mkdir("/runtime/data/empty");
}

async function expectFilled(runtime: Runtime): Promise<void> {
  equal(await runtime.fs.list("/runtime/data"), ["empty", "large", "small"]);
  equal(await runtime.fs.readText("/runtime/data/small"), "small");
  const bytes = await runtime.fs.readBytes("/runtime/data/large");
  assert(bytes.length === large.length && bytes.every((byte, i) => large[i] === byte), "the large file is another");
}

async function withRuntime(options: RuntimeOptions, use: (runtime: Runtime) => Promise<void>): Promise<void> {
  const runtime = await createRuntime(options);
  try {
    await use(runtime);
  } finally {
    await runtime.close();
  }
}

test("a new store is a log where the browser can have one, and an old one stays what it is", async () => {
  const kind = (await hasLog()) ? "opfs" : "indexeddb";
  const storage = { kind: "browser", name: fresh() } as const;
  for (let start = 0; start < 2; start++) {
    await withRuntime({ storage }, async (runtime) => {
      equal(runtime.capabilities.storage.kind, kind);
      if (start === 0) await fill(runtime);
      await expectFilled(runtime);
      equal((await runtime.check()).problems, []);
    });
  }
  const old = fresh();
  await withRuntime({ storage: { kind: "indexeddb", name: old } }, fill);
  await withRuntime({ storage: { kind: "browser", name: old } }, async (runtime) => {
    equal(runtime.capabilities.storage.kind, "indexeddb");
    await expectFilled(runtime);
  });
});

test("a store moves to the other kind and back, and calls go on with it", async () => {
  if (!(await hasLog())) skip("this browser has no synchronous files");
  const name = fresh();
  await withRuntime({ storage: { kind: "indexeddb", name } }, fill);
  const storage = { kind: "browser", name } as const;
  await withRuntime({ storage }, async (runtime) => {
    for (const to of ["opfs", "indexeddb", "opfs"] as const) {
      await runtime.storage.move(to);
      equal(runtime.capabilities.storage.kind, to);
      await expectFilled(runtime);
      await runtime.runLua("vulcan.fs.write('/runtime/data/turn', args.to)", { to });
      equal(await runtime.fs.readText("/runtime/data/turn"), to);
      await runtime.fs.remove("/runtime/data/turn");
    }
  });
  await withRuntime({ storage }, async (runtime) => {
    equal(runtime.capabilities.storage.kind, "opfs");
    await expectFilled(runtime);
  });
  await withRuntime({ storage: { kind: "indexeddb", name } }, async (runtime) => {
    equal(await runtime.fs.stat("/runtime/data"), undefined);
    equal((await thrown(() => runtime.storage.move("opfs"))).code, "invalid_argument");
  });
});

test("a database that the browser deleted is filled again from its second copy, right after a move too", async () => {
  if (!(await hasLog())) skip("this browser has no synchronous files");
  for (const start of ["indexeddb", "opfs"] as const) {
    const name = fresh();
    await withRuntime({ storage: { kind: start, name } }, fill);
    const storage = { kind: "browser", name } as const;
    await withRuntime({ storage }, async (runtime) => {
      await runtime.storage.move("indexeddb");
      await runtime.fs.write("/runtime/data/last", start);
    });
    await deleteDatabase(name);
    await withRuntime({ storage }, async (runtime) => {
      equal(runtime.capabilities.storage.kind, "indexeddb");
      equal(await runtime.fs.readText("/runtime/data/last"), start);
      await runtime.fs.remove("/runtime/data/last");
      await expectFilled(runtime);
    });
  }
});

test("a backup of one kind is restored in the other", async () => {
  let backup: Blob | undefined;
  await withRuntime({ storage: { kind: "indexeddb", name: fresh() } }, async (runtime) => {
    await fill(runtime);
    backup = await runtime.backup();
  });
  await withRuntime({ storage: { kind: "browser", name: fresh() }, restore: backup as Blob }, expectFilled);
});

test("after a hard stop the log is as soon there as IndexedDB, with all that was acknowledged", async () => {
  if (!(await hasLog())) skip("this browser has no synchronous files");
  const took: Record<string, number> = {};
  for (const kind of ["indexeddb", "opfs"] as const) {
    const options: RuntimeOptions = { storage: { kind, name: fresh() }, limits: { stopGraceMs: 0 } };
    await withRuntime(options, async (runtime) => {
      await fill(runtime);
      const times: number[] = [];
      for (let i = 0; i < 3; i++) {
        // A pattern that backtracks for ever: nothing inside the engine can stop it.
        const code = "return (('a'):rep(40)):find(('a?'):rep(40) .. ('a'):rep(40))";
        await thrown(() => runtime.runLua(code, {}, { timeoutMs: 100 }));
        const stopped = performance.now();
        await runtime.fs.write(`/runtime/data/after-${i}`, "x");
        times.push(performance.now() - stopped);
        await runtime.fs.remove(`/runtime/data/after-${i}`);
        await expectFilled(runtime);
      }
      times.sort((a, b) => a - b);
      took[kind] = times[1] as number;
    });
  }
  console.log(`next write after a hard stop: ${JSON.stringify(took)}`);
  // A predecessor's file handles would be two seconds.
  assert(
    (took.opfs as number) < (took.indexeddb as number) + 1500,
    `opfs ${took.opfs} ms, IndexedDB ${took.indexeddb} ms`,
  );
});
