/**
 * For tests only: a real VM with the dialect and the file namespaces over a memory tree.
 * @module
 */

import { bundledModules } from "../host/bundle/bundled-modules.ts";
import type { HostServices } from "../host/services.ts";
import { filePreludes } from "../host/stdlib/stdlib.ts";
import type { LuaValue, LuaVm, Prelude } from "../lua/interface.ts";
import { dialectPrelude } from "../lua/world/dialect.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";
import { evaluate, testLua } from "./test-wasm.ts";

export interface TestVm {
  readonly vm: LuaVm;
  readonly vfs: MemoryTree;
  readonly services: HostServices;
  /** Messages logged so far. */
  readonly log: string[];
  /** Runs a chunk; answers its results. */
  run(code: string, ...args: LuaValue[]): Promise<LuaValue[]>;
  /** As `run`; the first result only. */
  first(code: string, ...args: LuaValue[]): Promise<LuaValue>;
}

const vulcan: Prelude = { name: "=vulcan", source: "vulcan = { runtime = {} }" };

/** `files`: path → content, beneath `/`; parents are made. */
export async function testVm(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  overrides: Partial<HostServices> = {},
): Promise<TestVm> {
  const lua = await testLua();
  const log: string[] = [];
  const vfs = new MemoryTree({ now: () => 1_700_000_000_123 });
  vfs.mkdir("/runtime/temp", { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    vfs.mkdir(path.slice(0, path.lastIndexOf("/")) || "/", { recursive: true });
    vfs.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
  const services: HostServices = {
    vfs,
    clock: { now: () => 1_700_000_000_123 },
    workingDirectory: { current: "/runtime" },
    env: { HOME_VALUE: "from host é" },
    os: { os: "linux", arch: "wasm32" },
    defaultTextEncoding: "",
    directories: { temp: "/runtime/temp", resources: undefined, luaPackages: "/runtime/lua_packages", ffi: undefined },
    cache: { maxEntries: 10, defaultTtlSecs: 10, maxTtlSecs: 10 },
    capabilities: { skillManagementBridge: false, managedIoCompat: true },
    callbacks: {},
    config: { get: () => undefined, set() {}, delete: () => false, list: () => ({}) },
    databases: {},
    ffi: {},
    bundled: bundledModules(() => services),
    rootLabels: () => [],
    log: (event) => log.push(event.message),
    progress: () => {},
    ...overrides,
  };
  const exports: Prelude = {
    name: "=test-exports",
    source: "local host, primitives = ... test_exports = primitives.exports",
  };
  const vm = lua.createVm({ preludes: [dialectPrelude(), vulcan, ...filePreludes(services), exports] });
  const run = (code: string, ...args: LuaValue[]) => evaluate(vm, code, args);
  return { vm, vfs, services, log, run, first: async (code, ...args) => (await run(code, ...args))[0] };
}
