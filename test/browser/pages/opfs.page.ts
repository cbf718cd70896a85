// Databases in the origin private file system: what survives, who owns them, what a killed worker leaves.
import { createRuntime, type Runtime, type RuntimeOptions } from "../../../src/index.ts";
import { assert, equal, skip, test, thrown } from "../page.ts";

const manifest = `name: notes
version: 1.0.0
entries:
  - { name: sql, lua_entry: runtime/sql.lua, lua_module: notes.sql }
  - { name: status, lua_entry: runtime/status.lua, lua_module: notes.status }
sqlite: { enable: true }
`;
const sql = `return function(args)
  if args.query then return vulcan.sqlite.query_json({ sql = args.query }).json_data end
  return tostring(vulcan.sqlite.execute_script({ sql = args.script }).rows_changed)
end`;
const status = "return function() return vulcan.json.encode(vulcan.sqlite.status()) end";
const database = "/runtime/databases/sqlite/notes/notes.sqlite3";
/** Pages reach the file long before the commit that never comes. */
const endless = `PRAGMA cache_size = 10; BEGIN; DELETE FROM log;
  WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) INSERT INTO log(text) SELECT hex(randomblob(500)) FROM c`;

let stores = 0;
function freshStore(): { readonly kind: "indexeddb"; readonly name: string } {
  stores += 1;
  return { kind: "indexeddb", name: `opfs-${Date.now()}-${stores}` };
}

const options = (storage: RuntimeOptions["storage"], more: RuntimeOptions = {}): RuntimeOptions => ({
  storage,
  sqlite: { storage: "opfs" },
  ...more,
});

async function withNotes(given: RuntimeOptions, use: (runtime: Runtime) => Promise<void>): Promise<void> {
  const runtime = await createRuntime(given);
  try {
    if (!(await runtime.fs.stat("/runtime/skills/notes"))) await putSkill(runtime);
    await use(runtime);
  } finally {
    await runtime.close();
  }
}

async function putSkill(runtime: Runtime): Promise<void> {
  await runtime.fs.write("/runtime/skills/notes/skill.yaml", manifest);
  await runtime.fs.write("/runtime/skills/notes/runtime/sql.lua", sql);
  await runtime.fs.write("/runtime/skills/notes/runtime/status.lua", status);
  await runtime.skills.reload();
}

const run = async (runtime: Runtime, script: string) => (await runtime.call("notes-sql", { script })).content;
const rows = async (runtime: Runtime, query: string) =>
  JSON.parse((await runtime.call("notes-sql", { query })).content) as unknown;
const makeLog = "CREATE TABLE IF NOT EXISTS log(n INTEGER PRIMARY KEY, text TEXT)";

/** Asked of the browser itself, so that a start that fails where it must not is no skip. */
async function hasOpfs(): Promise<boolean> {
  const source = `postMessage(typeof FileSystemFileHandle === "function" &&
    typeof FileSystemFileHandle.prototype.createSyncAccessHandle === "function" && !!navigator.storage?.getDirectory)`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  const answer = await new Promise<boolean>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  URL.revokeObjectURL(url);
  return answer;
}
const supported = hasOpfs();

function opfsTest(name: string, work: () => Promise<void>): void {
  test(name, async () => ((await supported) ? work() : skip("this browser has no synchronous OPFS files in workers")));
}

test("where the browser has no such files, the start says so", async () => {
  if (await supported) skip("this browser has them");
  const error = await thrown(() => createRuntime(options(freshStore())));
  equal(error.code, "storage_unavailable");
  assert(error.message.includes('sqlite: { storage: "opfs" }'), error.message);
});

test("it goes with a store that has a name, and knows two words", async () => {
  const memory = await thrown(() => createRuntime(options({ kind: "memory" })));
  equal(memory.code, "invalid_argument");
  const unknown = await thrown(() =>
    createRuntime({ storage: freshStore(), sqlite: { storage: "disk" } } as unknown as RuntimeOptions),
  );
  equal(unknown.code, "invalid_argument");
  assert(unknown.message.includes('"disk"'), unknown.message);
});

opfsTest("rows are there for the next runtime of the store, and only there", async () => {
  const storage = freshStore();
  await withNotes(options(storage), async (runtime) => {
    equal(runtime.capabilities.sqliteStorage, "opfs");
    await run(runtime, `${makeLog}; INSERT INTO log(text) VALUES('milk')`);
    const { content } = await runtime.call("notes-status");
    const { database_path, persistence } = JSON.parse(content) as Record<string, unknown>;
    equal({ database_path, persistence }, { database_path: database, persistence: "opfs" });
    equal(await runtime.fs.stat("/runtime/databases"), undefined, "the tree shows no database");
  });
  await withNotes(options(storage), async (runtime) => {
    await runtime.skills.reload();
    equal(await rows(runtime, "SELECT text FROM log"), [{ text: "milk" }]);
  });
  await withNotes(options(freshStore()), async (runtime) => {
    equal(await rows(runtime, "SELECT name FROM sqlite_schema WHERE name = 'log'"), []);
  });
});

opfsTest("a second runtime is refused, or waits and then finds the rows", async () => {
  const storage = freshStore();
  const first = await createRuntime(options(storage));
  await putSkill(first);
  equal((await thrown(() => createRuntime(options({ ...storage, whenInUse: "fail" })))).code, "storage_in_use");
  const waiting = createRuntime(options({ ...storage, whenInUse: "wait" }));
  await run(first, `${makeLog}; INSERT INTO log(text) VALUES('by the first')`);
  await first.close();
  const second = await waiting;
  equal(await rows(second, "SELECT text FROM log"), [{ text: "by the first" }]);
  await second.close();
});

opfsTest("uninstall keeps the database, or removes it when asked to", async () => {
  const storage = freshStore();
  await withNotes(options(storage), async (runtime) => {
    await run(runtime, `${makeLog}; INSERT INTO log(text) VALUES('kept')`);
    const kept = await runtime.skills.uninstall("notes");
    equal({ removed: kept.sqlite_removed, retained: kept.sqlite_retained }, { removed: false, retained: true });
    await putSkill(runtime);
    equal(await rows(runtime, "SELECT text FROM log"), [{ text: "kept" }]);
    const gone = await runtime.skills.uninstall("notes", { removeSqlite: true });
    equal({ removed: gone.sqlite_removed, retained: gone.sqlite_retained }, { removed: true, retained: false });
    await putSkill(runtime);
    equal(await rows(runtime, "SELECT name FROM sqlite_schema WHERE name = 'log'"), []);
  });
  await withNotes(options(storage), async (runtime) => {
    equal(await rows(runtime, "SELECT name FROM sqlite_schema WHERE name = 'log'"), []);
    // A skill that has none.
    await runtime.fs.write("/runtime/skills/plain/skill.yaml", manifest.replace("sqlite: { enable: true }", ""));
    await runtime.fs.write("/runtime/skills/plain/runtime/sql.lua", sql);
    await runtime.fs.write("/runtime/skills/plain/runtime/status.lua", status);
    await runtime.skills.reload();
    const none = await runtime.skills.uninstall("plain", { removeSqlite: true });
    equal({ removed: none.sqlite_removed, retained: none.sqlite_retained }, { removed: false, retained: false });
  });
});

opfsTest("a worker terminated in a transaction leaves what was acknowledged, and nothing else", async () => {
  const storage = freshStore();
  const workers: Worker[] = [];
  const worker = () => {
    const made = new Worker("/dist/worker.js", { type: "module" });
    workers.push(made);
    return made;
  };
  await withNotes(options(storage, { worker }), async (runtime) => {
    const restarted = new Promise((resolve) => runtime.on("restart", resolve));
    await run(runtime, makeLog);
    for (let i = 0; i < 20; i++) await run(runtime, `INSERT INTO log(text) VALUES('row ${i}')`);
    const never = thrown(() => run(runtime, endless));
    await new Promise((resolve) => setTimeout(resolve, 300));
    workers.at(-1)?.terminate();
    equal((await never).code, "worker_crashed");
    await restarted;
    equal(await rows(runtime, "SELECT count(*) AS n FROM log"), [{ n: 20 }]);
    equal(await rows(runtime, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
    equal(await run(runtime, "INSERT INTO log(text) VALUES('after')"), "1");
  });
});

opfsTest("a statement ends with its call, and a call does not leave a transaction open", async () => {
  await withNotes(options(freshStore()), async (runtime) => {
    await run(runtime, `${makeLog}; INSERT INTO log(text) VALUES('before')`);
    const late = await thrown(() => runtime.call("notes-sql", { script: endless }, { timeoutMs: 300 }));
    assert(late.code === "deadline_exceeded" || late.code === "lua_error", `${late.code}: ${late.message}`);
    await run(runtime, "BEGIN; DELETE FROM log");
    equal(await rows(runtime, "SELECT text FROM log"), [{ text: "before" }]);
    await runtime.flush();
  });
});

opfsTest("limits.sqliteOpfsBytes is the size of all databases", async () => {
  const limits = { sqliteOpfsBytes: 400_000 };
  await withNotes(options(freshStore(), { limits }), async (runtime) => {
    await run(runtime, makeLog);
    const error = await thrown(() => run(runtime, "INSERT INTO log(text) SELECT hex(zeroblob(300000))"));
    assert(error.message.includes("database or disk is full"), error.message);
    equal(await run(runtime, "INSERT INTO log(text) VALUES('small')"), "1");
    equal(await rows(runtime, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  });
});

opfsTest("a database of the tree moves, once", async () => {
  const storage = freshStore();
  await withNotes({ storage }, async (runtime) => {
    equal(runtime.capabilities.sqliteStorage, "vfs");
    await run(runtime, `${makeLog}; INSERT INTO log(text) VALUES('from the tree')`);
  });
  for (const expected of [1, 2]) {
    await withNotes(options(storage), async (runtime) => {
      equal(await runtime.fs.stat(database), undefined);
      equal(await rows(runtime, "SELECT count(*) AS n FROM log"), [{ n: expected }]);
      await run(runtime, "INSERT INTO log(text) VALUES('in OPFS')");
    });
  }
});
