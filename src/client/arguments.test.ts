/** The same argument has the same answer over every way to an engine: in this thread, over a port that clones, over HTTP. */
import { runInNewContext } from "node:vm";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runtime } from "../contract/contract.ts";
import type { LuaSkillsError } from "../errors.ts";
import { connectRuntime } from "../http/client/connect-runtime.ts";
import { createHttpHandler } from "../http/server/handler.ts";
import { superviseNodeRuntime } from "../platforms/node/node.ts";

const ways: Record<string, Runtime> = {};
const stop: Array<() => Promise<void>> = [];

beforeAll(async () => {
  const local = await superviseNodeRuntime();
  const served = await superviseNodeRuntime();
  const handler = createHttpHandler(served, { authorize: () => "manage" });
  ways.local = local.runtime;
  ways.http = await connectRuntime("http://x", {
    fetch: (url, init) => handler(new Request(url, init)),
    events: false,
  });
  stop.push(
    () => local.runtime.close(),
    () => ways.http?.close() ?? Promise.resolve(),
    () => served.runtime.close(),
  );
});
afterAll(() => Promise.all(stop.map((each) => each())));

const over = (name: string): Runtime => {
  const runtime = ways[name];
  if (!runtime) throw new Error(`no ${name}`);
  return runtime;
};
const bytes = [0, 104, 105, 255];
const buffer = () => Uint8Array.from(bytes).buffer;
const entries = "entries:\n  - { name: say, lua_entry: runtime/say.lua, lua_module: echo.say }\n";
/** The bytes one in; resizing is newer than the library of types. */
const resizable = () => {
  const memory = new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(8, { maxByteLength: 16 });
  new Uint8Array(memory, 1, 4).set(bytes);
  return memory;
};
/** Whose memory is gone. */
const detached = <T extends { buffer: ArrayBuffer }>(view: T): T => {
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
};
const zip = zipSync({
  "echo/skill.yaml": strToU8(`name: Echo\nversion: 1.0.0\n${entries}`),
  "echo/runtime/say.lua": strToU8("return function() return 'hi' end"),
});

describe.each(["local", "http"])("over %s", (name) => {
  it.each([
    ["a Uint8Array", () => Uint8Array.from(bytes)],
    ["a part of a larger buffer", () => Uint8Array.from([9, ...bytes, 9]).subarray(1, 5)],
    ["a Node Buffer", () => Buffer.from(bytes)],
    ["an ArrayBuffer", buffer],
    ["a DataView", () => new DataView(buffer())],
    ["a Uint16Array", () => new Uint16Array(buffer())],
    ["a Blob", () => new Blob([Uint8Array.from(bytes)])],
    ["an ArrayBuffer of another realm", () => runInNewContext("Uint8Array.of(0, 104, 105, 255).buffer") as ArrayBuffer],
    ["a view of another realm", () => runInNewContext("Uint8Array.of(0, 104, 105, 255)") as Uint8Array],
    ["a File", () => new File([Uint8Array.from(bytes)], "name")],
    ["a Float32Array", () => new Float32Array(buffer())],
    ["a part of a resizable buffer", () => new Uint8Array(resizable(), 1, 4)],
    [
      "shared memory",
      () => {
        const shared = new Uint8Array(new SharedArrayBuffer(4));
        shared.set(bytes);
        return shared;
      },
    ],
  ])("stores %s", async (_, content) => {
    await over(name).fs.write("/runtime/stored.bin", content());
    expect([...(await over(name).fs.readBytes("/runtime/stored.bin"))]).toEqual(bytes);
    expect(await over(name).fs.stat("/runtime/stored.bin")).toMatchObject({ size: 4 });
  });

  it.each([
    ["a Buffer", () => Buffer.from(zip)],
    ["an ArrayBuffer", () => zip.slice().buffer],
    ["a Blob", () => new Blob([zip.slice()])],
  ])("installs a package from %s", async (_, source) => {
    const { skills } = over(name);
    await skills.install({ zip: source(), skillId: "echo" });
    await skills.uninstall("echo");
  });

  const wrong: Array<readonly [string, (runtime: Runtime) => unknown, string]> = [
    [
      "fs.write",
      ({ fs }) => fs.write("/a", detached(new Uint8Array(4))),
      "the bytes are gone: their ArrayBuffer was transferred",
    ],
    ["fs.write", ({ fs }) => fs.write("/a", detached(new DataView(buffer()))), "the bytes are gone"],
    ["fs.write", ({ fs }) => fs.write("/a", detached(new Uint8Array(4)).buffer), "the bytes are gone"],
    [
      "fs.write",
      ({ fs }) => fs.write("/a", { [Symbol.toStringTag]: "ArrayBuffer" } as never),
      "fs.write: content must be",
    ],
    ["fs.write", ({ fs }) => fs.write("/a", { [Symbol.toStringTag]: "Blob" } as never), "fs.write: content must be"],
    ["fs.write", ({ fs }) => fs.write("/a", new Date(0) as never), "fs.write: content must be"],
    ["skills.install", ({ skills }) => skills.install({ zip: detached(new Uint8Array(4)) }), "the bytes are gone"],
    ["fs.write", ({ fs }) => fs.write("/a", 7 as never), "fs.write: content must be a string, or bytes"],
    ["fs.write", ({ fs }) => fs.write("/a", { a: 1 } as never), "fs.write: content must be a string, or bytes"],
    ["fs.write", ({ fs }) => fs.write("/a", [1, 2] as never), "fs.write: content must be a string, or bytes"],
    ["fs.write", ({ fs }) => fs.write("/a", null as never), "fs.write: content must be a string, or bytes"],
    ["fs.write", ({ fs }) => fs.write("/a", undefined as never), "fs.write: content must be a string, or bytes"],
    ["fs.write", ({ fs }) => fs.write("a", "x"), "fs.write: path must be a path; paths are absolute"],
    ["fs.readText", ({ fs }) => fs.readText(undefined as never), "fs.read: path must be a path; paths are absolute"],
    ["fs.stat", ({ fs }) => fs.stat(7 as never), "fs.stat: path must be a path; paths are absolute"],
    ["fs.list", ({ fs }) => fs.list("\0" as never), "fs.list: path must be a path; paths are absolute"],
    ["fs.mkdir", ({ fs }) => fs.mkdir({} as never), "fs.mkdir: path must be a path; paths are absolute"],
    [
      "fs.remove",
      ({ fs }) => fs.remove("/a", { recursive: "yes" as never }),
      "fs.remove: recursive must be true or false",
    ],
    ["fs.rename", ({ fs }) => fs.rename("/a", "b"), "fs.rename: to must be a path; paths are absolute"],
    ["fs.importZip", ({ fs }) => fs.importZip("/a", "zip" as never), "fs.importZip: zip must be bytes"],
    ["config.set", ({ config }) => config.set("a", "b", 3 as never), "config.set: value must be a string, got 3"],
    ["config.get", ({ config }) => config.get("a", null as never), "config.get: key must be a string, got null"],
    ["config.list", ({ config }) => config.list(5 as never), "config.list: skillId must be a string"],
    ["install", ({ skills }) => skills.install(undefined as never), "skills.install: source must be an object"],
    ["install", ({ skills }) => skills.install({ zip: "text" as never }), "a package comes from"],
    ["uninstall", ({ skills }) => skills.uninstall(3 as never), "skills.uninstall: skillId must be a string"],
    ["enable", ({ skills }) => skills.enable([] as never), "skills.enable: skillId must be a string, got an array"],
    ["disable", ({ skills }) => skills.disable("a", 1 as never), "skills.disable: reason must be a string"],
    ["reload", ({ skills }) => skills.reload(["/a"] as never), "skills.reload: roots must be an array of roots"],
    ["help", (runtime) => runtime.help({} as never), "help: skillId must be a string"],
    ["json", (runtime) => runtime.json(1 as never), "json: method must be a string"],
    ["query", ({ databases }) => databases.sqlite.query("a", 1 as never), "sqlite.query: sql must be a string"],
    ["import", ({ databases }) => databases.sqlite.import("a", "x" as never), "sqlite.import: bytes must be bytes"],
    ["import", ({ databases }) => databases.lancedb.import("a", 1 as never), "lancedb.import: bytes must be bytes"],
    ["on", (runtime) => runtime.on("lgo" as never, () => {}), 'there is no event "lgo"'],
    ["on", (runtime) => runtime.on("log", "x" as never), "must be a function, got string"],
    ["subscribe", (runtime) => runtime.subscribe(undefined as never), "must be a function, got undefined"],
  ];
  it.each(wrong)("%s refuses what it does not take (%#)", async (_, work, text) => {
    const error = await (async () => work(over(name)))().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      name: "LuaSkillsError",
      code: "invalid_argument",
      message: expect.stringContaining(text),
    });
  });

  it.each([
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["an object of a class", new (class Point {})()],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
  ])("a call refuses %s in its arguments, and code as its arguments", async (_, value) => {
    const refused = { name: "LuaSkillsError", code: "invalid_argument" };
    const runtime = over(name);
    await expect(runtime.runLua("return args.value", { value } as never)).rejects.toMatchObject(refused);
    await expect(runtime.runLua("return args", value as never)).rejects.toMatchObject(refused);
    await expect(runtime.json("version", value as never)).rejects.toMatchObject(refused);
    const session = await runtime.session();
    await expect(session.eval("return args", value as never)).rejects.toMatchObject(refused);
    await session.close();
  });

  type Method = (runtime: Runtime, options: never) => Promise<unknown>;
  const aZip = { zip: Uint8Array.of(1) };
  const takesOptions: Readonly<Record<string, Method>> = {
    call: (runtime, options) => runtime.call("a", {}, options),
    stream: async (runtime, options) => {
      for await (const _ of runtime.stream("a", {}, options));
    },
    runLua: (runtime, options) => runtime.runLua("return 1", {}, options),
    luaexec: (runtime, options) => runtime.luaexec({ code: "return 1" }, options),
    session: (runtime, options) => runtime.session(options).then((session) => session.close()),
    "session.eval": async (runtime, options) => {
      const session = await runtime.session();
      await session.eval("return 1", {}, options).finally(() => session.close());
    },
    shell: (runtime, options) => runtime.shell("true", options),
    check: (runtime, options) => runtime.check(options),
    backup: (runtime, options) => runtime.backup(options),
    "storage.move": ({ storage }, options) => storage.move("opfs", options),
    "skills.install": ({ skills }, options) => skills.install(aZip, options),
    "skills.update": ({ skills }, options) => skills.update(aZip, options),
    "skills.uninstall": ({ skills }, options) => skills.uninstall("none", options),
    "skills.pack": ({ skills }, options) => skills.pack("none", options),
    "fs.importZip": ({ fs }, options) => fs.importZip("/a", Uint8Array.of(1), options),
    "fs.exportZip": ({ fs }, options) => fs.exportZip("/", options),
  };
  const told = async (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: LuaSkillsError) => [error.name, error.code, error.message],
    );

  it.each(Object.keys(takesOptions))("%s names what is wrong with its options", async (method) => {
    const ask = (options: unknown) => told((takesOptions[method] as Method)(over(name), options as never));
    const refused = (message: string) => ["LuaSkillsError", "invalid_argument", message];
    expect(await ask(5)).toEqual(refused("options must be an object, got 5"));
    expect(await ask([])).toEqual(refused("options must be an object, got an array"));
    expect(await ask({ signal: 5 })).toEqual(refused("signal must be an AbortSignal, got 5"));
    expect(await ask({ signal: {} })).toEqual(refused("signal must be an AbortSignal, got object"));
    expect(await ask({ signal: new AbortController() })).toEqual(refused("signal must be an AbortSignal, got object"));
    // As a dictionary of the web: null is none.
    expect(await ask(null)).toEqual(await ask(undefined));
    expect(await ask({ signal: null })).toEqual(await ask(undefined));
  });

  it.each(["call", "stream", "runLua", "check", "backup", "session.eval"])(
    "%s names a listener that is none, and a time that is none",
    async (method) => {
      const ask = (options: unknown) => told((takesOptions[method] as Method)(over(name), options as never));
      expect(await ask({ onProgress: "x" })).toContain("onProgress must be a function, got string");
      const time = "timeoutMs must be a number of at least 0, where 0 means no limit, got";
      expect(await ask({ timeoutMs: "5" })).toContain(`${time} string`);
      expect(await ask({ timeoutMs: Number.NaN })).toContain(`${time} NaN`);
      expect(await ask({ timeoutMs: -1 })).toContain(`${time} -1`);
    },
  );

  it.each<[string, (runtime: Runtime) => Promise<unknown>]>([
    ["session({ ttlMs: 5n })", (runtime) => runtime.session({ ttlMs: 5n as never })],
    ["session({ entries: 5 })", (runtime) => runtime.session({ entries: 5 as never })],
    ["session({ entries: [5] })", (runtime) => runtime.session({ entries: [5 as never] })],
    ["luaexec(5)", (runtime) => runtime.luaexec(5 as never)],
    ["luaexec({ code: Symbol() })", (runtime) => runtime.luaexec({ code: Symbol("x") as never })],
    ["json(Symbol())", (runtime) => runtime.json(Symbol("x") as never)],
    ["grants.revoke()", ({ grants }) => grants.revoke(undefined as never)],
    ["storage.move(5n)", ({ storage }) => storage.move(5n as never)],
    ["on(5n)", async (runtime) => runtime.on(5n as never, () => {})],
  ])("%s is refused as an argument", async (_, work) => {
    expect(await told(work(over(name)))).toEqual(["LuaSkillsError", "invalid_argument", expect.any(String)]);
  });

  it("a member that may be left out may be null", async () => {
    const runtime = over(name);
    expect(await runtime.shell("pwd", { cwd: null as never })).toMatchObject({ code: 0 });
    const placed = runtime.skills.install(aZip, { targetRoot: null as never });
    expect(await told(placed)).toContain("invalid_archive");
    expect(await runtime.json("version", null as never)).toMatchObject({ ok: expect.any(Boolean) });
  });

  it("a Buffer in the arguments of a call is a byte string", async () => {
    const args = { value: Buffer.from("hi") as never };
    expect(await over(name).runLua("return args.value", args)).toBe("hi");
  });
});
