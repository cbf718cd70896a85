/**
 * For tests only: an engine over a memory store, with skills given as files.
 * @module
 */
import type { EngineOptions, HostCallbacks, JsonObject, RuntimeEvents } from "../contract/contract.ts";
import { createEngine } from "../engine/engine.ts";
import type { Engine, EnginePlatform } from "../engine/interface.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Clock } from "../lua/interface.ts";
import type { VfsStore } from "../vfs/interface.ts";
import { MemoryStore } from "../vfs/memory-store.ts";
import { testLua } from "./test-wasm.ts";

export interface TestEngineSetup {
  readonly options?: EngineOptions;
  readonly callbacks?: HostCallbacks;
  readonly store?: VfsStore;
  readonly clock?: Clock;
  readonly platform?: Partial<EnginePlatform>;
  /** Paths below /runtime → text. */
  readonly files?: Readonly<Record<string, string>>;
}

export type TestEvent = {
  [K in keyof RuntimeEvents]: readonly [name: K, event: RuntimeEvents[K]];
}[keyof RuntimeEvents];

export interface TestEngine {
  readonly engine: Engine;
  readonly store: VfsStore;
  readonly events: TestEvent[];
  readonly platform: EnginePlatform;
  call(name: string, args?: JsonObject, timeoutMs?: number): Promise<string>;
  lua(code: string, timeoutMs?: number): Promise<unknown>;
}

export async function testEngine(setup: TestEngineSetup = {}): Promise<TestEngine> {
  const store = setup.store ?? new MemoryStore();
  writeFiles(store, setup.files ?? {});
  const events: TestEvent[] = [];
  const platform: EnginePlatform = {
    environment: "node",
    store,
    lua: await testLua(),
    clock: setup.clock ?? { now: () => Date.now() },
    callbacks: setup.callbacks ?? {},
    emit: (name, event) => events.push([name, event] as unknown as TestEvent),
    registryChanged: () => {},
    ...setup.platform,
  };
  const engine = await createEngine(platform, setup.options ?? {});
  return {
    engine,
    store,
    events,
    platform,
    call: async (name, args = {}, timeoutMs) => {
      const result = await engine.request({ op: "call", name, args, ...(timeoutMs ? { timeoutMs } : {}) });
      return result.content;
    },
    lua: (code, timeoutMs) => engine.request({ op: "runLua", code, args: {}, ...(timeoutMs ? { timeoutMs } : {}) }),
  };
}

/** The files of a skill whose entries are `name → Lua source`. */
export function skill(id: string, entries: Readonly<Record<string, string>>, more = ""): Record<string, string> {
  const files: Record<string, string> = {};
  let list = "";
  for (const [name, source] of Object.entries(entries)) {
    list += `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: ${id}.${name} }\n`;
    files[`skills/${id}/runtime/${name}.lua`] = source;
  }
  files[`skills/${id}/skill.yaml`] = `name: ${id}\nversion: 0.1.0\nentries:\n${list}${more}`;
  return files;
}

export function writeFiles(store: VfsStore, files: Readonly<Record<string, string>>): void {
  store.fs.mkdir("/runtime", { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = `/runtime/${name}`;
    store.fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    store.fs.writeFile(path, new TextEncoder().encode(text));
  }
}

/** The error of a promise that should reject. */
export async function failure(promise: Promise<unknown>): Promise<LuaSkillsError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof LuaSkillsError) return thrown;
    throw thrown;
  }
  throw new Error("the operation succeeded");
}
