import type { EngineOptions, HostCallbacks, RuntimeOptions, StorageOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { type Limits, resolveLimits } from "../limits.ts";
import { hostToolsCallback } from "./host-tools.ts";

const engineOptions = {
  storage: true,
  sqlite: true,
  runtimeRoot: true,
  roots: true,
  skills: true,
  hostOptions: true,
  pool: true,
  isolation: true,
  loadPolicy: true,
  rootChainPolicy: true,
  dependencyPolicy: true,
  verifyOnInstall: true,
  durability: true,
  waiting: true,
  limits: true,
  env: true,
  os: true,
  ffi: true,
  network: true,
  secrets: true,
  load: true,
  cwd: true,
  process: true,
  modules: true,
  moduleOptions: true,
  grants: true,
  decisions: true,
  security: true,
  stores: true,
} satisfies Record<keyof EngineOptions, true>;

const callbackOptions = {
  hostTool: true,
  embed: true,
  llm: true,
  skillManagement: true,
  sqliteProvider: true,
  lancedbProvider: true,
  runProgram: true,
  command: true,
  decide: true,
  fetch: true,
} satisfies Record<keyof HostCallbacks, true>;

const pageOptions = {
  hostTools: true,
  commands: true,
  workerUrl: true,
  worker: true,
  wasm: true,
  warmSpare: true,
  restore: true,
  signal: true,
} satisfies Record<Exclude<keyof RuntimeOptions, keyof EngineOptions | keyof HostCallbacks>, true>;

const storageKinds = {
  browser: true,
  opfs: true,
  indexeddb: true,
  directory: true,
  memory: true,
} satisfies Record<StorageOptions["kind"], true>;

/** A kind alone is short for an object with it. @throws LuaSkillsError `invalid_argument` naming the kinds */
export function storageOf(storage: RuntimeOptions["storage"]): StorageOptions | undefined {
  if (storage === undefined) return undefined;
  const full: Partial<StorageOptions> = typeof storage === "string" ? { kind: storage } : storage;
  if (typeof full === "object" && full !== null && Object.hasOwn(storageKinds, full.kind ?? "")) {
    return full as StorageOptions;
  }
  throw new LuaSkillsError(
    "invalid_argument",
    `storage must be one of ${Object.keys(storageKinds)
      .map((kind) => `"${kind}"`)
      .join(", ")} or { kind: … }, got ${JSON.stringify(storage)}`,
  );
}

export interface SplitOptions {
  readonly engine: EngineOptions;
  readonly callbacks: HostCallbacks;
  readonly limits: Limits;
}

/** What goes to the engine as data and what stays here as functions. @throws LuaSkillsError `invalid_argument` naming the option */
export function splitOptions(options: RuntimeOptions): SplitOptions {
  const known = [...Object.keys(engineOptions), ...Object.keys(callbackOptions), ...Object.keys(pageOptions)];
  const storage = storageOf(options.storage);
  const engine: Record<string, unknown> = {};
  const callbacks: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) {
      throw new LuaSkillsError(
        "invalid_argument",
        `createRuntime does not know the option "${name}"; known options: ${known.join(", ")}`,
      );
    }
    if (value === undefined) continue;
    if (Object.hasOwn(engineOptions, name)) engine[name] = name === "storage" ? storage : value;
    if (Object.hasOwn(callbackOptions, name)) {
      if (typeof value !== "function") {
        throw new LuaSkillsError("invalid_argument", `the option ${name} must be a function, got ${typeof value}`);
      }
      callbacks[name] = value;
    }
  }
  if (options.hostTools) {
    if (options.hostTool) {
      throw new LuaSkillsError(
        "invalid_argument",
        "give either hostTools (a map) or hostTool (the protocol), not both",
      );
    }
    callbacks.hostTool = hostToolsCallback(options.hostTools);
  }
  return { engine, callbacks, limits: resolveLimits(options.limits) };
}
