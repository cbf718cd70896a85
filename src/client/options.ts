import type { EngineOptions, HostCallbacks, RuntimeOptions, StorageOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { defaultLimits, type Limits, resolveLimits } from "../limits.ts";
import { hostToolsCallback } from "./host-tools.ts";

/** What an option is, where nothing more needs to be looked at. */
type Kind = "object" | "string" | "boolean" | "function" | "checked elsewhere";
const [object, string, boolean, fn] = ["object", "string", "boolean", "function"] as const;
const elsewhere = "checked elsewhere";

const engineOptions = {
  storage: object,
  sqlite: object,
  runtimeRoot: string,
  roots: object,
  skills: elsewhere,
  hostOptions: elsewhere,
  pool: object,
  isolation: string,
  loadPolicy: string,
  rootChainPolicy: string,
  dependencyPolicy: string,
  verifyOnInstall: boolean,
  durability: string,
  waiting: string,
  limits: object,
  env: object,
  os: object,
  ffi: boolean,
  network: object,
  secrets: object,
  load: boolean,
  cwd: string,
  process: object,
  modules: elsewhere,
  moduleOptions: elsewhere,
  grants: object,
  decisions: string,
  security: object,
  stores: object,
} satisfies Record<keyof EngineOptions, Kind>;

const callbackOptions = {
  hostTool: fn,
  embed: fn,
  llm: fn,
  skillManagement: fn,
  sqliteProvider: fn,
  lancedbProvider: fn,
  runProgram: fn,
  command: fn,
  decide: fn,
  fetch: fn,
} satisfies Record<keyof HostCallbacks, Kind>;

const pageOptions = {
  hostTools: elsewhere,
  commands: elsewhere,
  workerUrl: string,
  worker: fn,
  wasm: object,
  warmSpare: boolean,
  restore: elsewhere,
  signal: object,
} satisfies Record<Exclude<keyof RuntimeOptions, keyof EngineOptions | keyof HostCallbacks>, Kind>;

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

const allOptions: Readonly<Record<string, Kind>> = { ...engineOptions, ...callbackOptions, ...pageOptions };

/** Of options that nearly everybody gives the usual members need no look. */
const usual: Readonly<Record<string, object>> = {
  limits: defaultLimits,
  storage: { kind: true, name: true, path: true },
  signal: AbortSignal.prototype,
};

/**
 * Options with members, and those that are not what they should be, are looked into; what does that is loaded with the first.
 * @throws LuaSkillsError `invalid_argument` naming the option and its member, and what was probably meant
 */
export function checkOptions(options: RuntimeOptions): Promise<void> | undefined {
  const open = Object.entries(options).some(([name, value]) => {
    if (value === undefined || allOptions[name] === elsewhere) return false;
    if (!value || typeof value !== allOptions[name]) return value !== false || allOptions[name] !== boolean;
    const members = usual[name];
    return typeof value === object && (!members || Object.keys(value).some((member) => !(member in members)));
  });
  return open || (options.hostTool && options.hostTools)
    ? import("./check-options.ts").then((module) => module.checkOptions(options, allOptions))
    : undefined;
}

export interface SplitOptions {
  readonly engine: EngineOptions;
  readonly callbacks: HostCallbacks;
  readonly limits: Limits;
}

/** What goes to the engine as data and what stays here as functions; the options are checked. @throws LuaSkillsError `invalid_argument` */
export function splitOptions(options: RuntimeOptions): SplitOptions {
  const storage = storageOf(options.storage);
  const engine: Record<string, unknown> = {};
  const callbacks: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (Object.hasOwn(engineOptions, name)) engine[name] = name === "storage" ? storage : value;
    if (Object.hasOwn(callbackOptions, name)) callbacks[name] = value;
  }
  if (options.hostTools) callbacks.hostTool = hostToolsCallback(options.hostTools);
  return { engine, callbacks, limits: resolveLimits(options.limits) };
}
