/**
 * Every limit of the SDK: name, unit, default. A bad value fails at construction, by name.
 * @module
 */
import { LuaSkillsError } from "./errors.ts";

export interface Limits {
  /** Milliseconds a call may run; 0 = no limit. Default 0 (as the native engine); luaexec and leases have their own. */
  readonly callTimeoutMs: number;
  /** Milliseconds a call may run, Lua and SQL; waits for host tools, models and others do not count; 0 = no limit. Default 30,000. */
  readonly runMs: number;
  /** Milliseconds a call runs before messages are heard and other calls go on; 0 = as long as it likes. Default 8. */
  readonly sliceMs: number;
  /** Bytes of linear memory per VM. Default 128 MiB. */
  readonly vmMemoryBytes: number;
  /** Budget units per run; 0 = no limit. Default 0; on workerd 500 million stand in for the deadline. */
  readonly runInstructions: number;
  /** Bytes of log and print output per run, 64 per message on top of its text. Default 8 MiB. */
  readonly outputBytes: number;
  /** Bytes `vulcan.cache` holds for all skills together; the oldest entries go first. Default 64 MiB. */
  readonly cacheBytes: number;
  /** Bytes of `vulcan.cache` one skill holds; its own oldest entries go first. Default 32 MiB. */
  readonly skillCacheBytes: number;
  /** Bytes of files one skill holds: those of its folders, and those it wrote elsewhere since the start. Default 512 MiB. */
  readonly skillFileBytes: number;
  /** Files one skill holds, counted as {@link skillFileBytes}. Default 50,000. */
  readonly skillFiles: number;
  /** Files one skill has open at once, in all its VMs; at most 4,096 in one. Default 1,024. */
  readonly skillHandles: number;
  /** Bytes of the SQLite database of one skill. Default 512 MiB. */
  readonly skillDatabaseBytes: number;
  /** Calls of one skill at work or waiting at once. Default 1,024. */
  readonly skillCalls: number;
  /** Bytes one skill may log and print in a minute, in all its calls, 64 per message on top of its text; more is dropped. Default 32 MiB. */
  readonly skillLogBytes: number;
  /** Bytes SQLite may hold in memory for all databases together, results included. Default 256 MiB. */
  readonly sqliteMemoryBytes: number;
  /** Bytes of one string, blob or row in SQL; 0 = SQLite's own, a billion. Default 32 MiB. */
  readonly sqliteValueBytes: number;
  /** Bytes of all databases in OPFS together, journals included; 0 = what the browser allows. Default 4 GiB. */
  readonly sqliteOpfsBytes: number;
  /** Rows of one answer of `runtime.databases`. Default 10,000. */
  readonly databaseQueryRows: number;
  /** Bytes of one answer of `runtime.databases`, about. Default 16 MiB. */
  readonly databaseQueryBytes: number;
  /** Levels of a value that goes into Lua, 1,000 at most; out of Lua come 190, in JSON 1,900. Default 128. */
  readonly valueDepth: number;
  /** Levels of `vulcan.call` across VMs. Default 32. */
  readonly callDepth: number;
  /** Bytes of the virtual filesystem. Default 1 GiB. */
  readonly vfsBytes: number;
  /** Bytes of stored files kept in memory where a store can be read at any time (OPFS); what is not committed comes on top. Default 64 MiB. */
  readonly residentBytes: number;
  /** Bytes of the log store (OPFS) that no longer count before it is compacted, once they are more than those that count. Default 16 MiB. */
  readonly deadBytes: number;
  /** Bytes of one downloaded response. Default 64 MiB. */
  readonly downloadBytes: number;
  /** Files in one package archive. Default 10,000. */
  readonly archiveEntries: number;
  /** Bytes of one package archive when unpacked. Default 256 MiB. */
  readonly archiveBytes: number;
  /** Bytes of standard output and error of one program. Default 64 MiB. */
  readonly processOutputBytes: number;
  /** Milliseconds the chunks of one skill may run while a VM loads it. Default 10,000. */
  readonly skillLoadMs: number;
  /** Bytes of Lua a load looks through for syntax errors; what is beyond is compiled when a call first needs it. Default 1 MiB. */
  readonly loadCheckBytes: number;
  /** Milliseconds to wait for the worker's handshake. Default 20,000. */
  readonly handshakeMs: number;
  /** Milliseconds a worker may stay deaf after a deadline or an abort before it is terminated. Default 250. */
  readonly stopGraceMs: number;
  /** Milliseconds between background commits during a long call. Default 250. */
  readonly commitIntervalMs: number;
}

export const defaultLimits: Limits = {
  callTimeoutMs: 0,
  runMs: 30_000,
  sliceMs: 8,
  vmMemoryBytes: 128 * 2 ** 20,
  runInstructions: 0,
  outputBytes: 8 * 2 ** 20,
  cacheBytes: 64 * 2 ** 20,
  skillCacheBytes: 32 * 2 ** 20,
  skillFileBytes: 512 * 2 ** 20,
  skillFiles: 50_000,
  skillHandles: 1024,
  skillDatabaseBytes: 512 * 2 ** 20,
  skillCalls: 1024,
  skillLogBytes: 32 * 2 ** 20,
  sqliteMemoryBytes: 256 * 2 ** 20,
  sqliteValueBytes: 32 * 2 ** 20,
  sqliteOpfsBytes: 4 * 2 ** 30,
  databaseQueryRows: 10_000,
  databaseQueryBytes: 16 * 2 ** 20,
  valueDepth: 128,
  callDepth: 32,
  vfsBytes: 2 ** 30,
  residentBytes: 64 * 2 ** 20,
  deadBytes: 16 * 2 ** 20,
  downloadBytes: 64 * 2 ** 20,
  archiveEntries: 10_000,
  archiveBytes: 256 * 2 ** 20,
  processOutputBytes: 64 * 2 ** 20,
  skillLoadMs: 10_000,
  loadCheckBytes: 2 ** 20,
  handshakeMs: 20_000,
  stopGraceMs: 250,
  commitIntervalMs: 250,
};

/** What every engine's own stack has room for. */
const mostDepth = 1000;

/** Fills in defaults. @throws LuaSkillsError `invalid_argument` naming the limit. */
export function resolveLimits(partial: Partial<Limits> = {}): Limits {
  const out: Record<string, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(partial)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaultLimits, name)) {
      throw new LuaSkillsError("invalid_argument", `limits.${name} is not a limit`);
    }
    out[name] = limitValue(`limits.${name}`, value, name === "valueDepth" ? mostDepth : undefined);
  }
  return out as unknown as Limits;
}

/** @throws LuaSkillsError `invalid_argument` naming the limit */
export function limitValue(name: string, value: unknown, most?: number): number {
  if (typeof value === "number" && value >= 0 && value <= (most ?? Number.MAX_VALUE)) return value;
  const range = `at least 0${most ? ` and at most ${most}` : ""}`;
  throw new LuaSkillsError("invalid_argument", `${name} must be a finite number of ${range}, got ${String(value)}`);
}
