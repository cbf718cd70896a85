/**
 * The log of a workflow run (host-modules.md §13.2): a header and one line for each effect that is over.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";

export interface RunHeader {
  readonly format: 1;
  /** The skill, or undefined for code of the host. */
  readonly skill?: string;
  /** Of the code, so that a reader sees whether it has changed. */
  readonly skillHash: string;
  /** This package's version. */
  readonly sdk: string;
  readonly input: unknown;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly seed: readonly [number, number];
}

export type RecordedOutcome =
  | { readonly ok: LuaValue }
  | {
      readonly err: {
        readonly message: string;
        readonly kind: string;
        readonly retryable?: boolean;
        readonly details?: LuaValue;
      };
    };

export interface RecordedEffect {
  /** In the order of issue: 1, 2, 3 … */
  readonly seq: number;
  readonly op: string;
  readonly hash: string;
  readonly outcome: RecordedOutcome;
  /** In the order of delivery. */
  readonly doneSeq: number;
  /** Logical time it gave the run, Unix milliseconds. */
  readonly at: number;
}

/** Where a log is kept; lines are appended as effects end. */
export interface LogStore {
  read(): string | undefined;
  append(line: string): void;
}

export interface ReadLog {
  readonly header: RunHeader | undefined;
  readonly effects: ReadonlyMap<number, RecordedEffect>;
}

/** A last line that was cut off by a crash does not count. @throws LuaSkillsError `invalid_argument` for anything else that is no log */
export function readLog(text: string | undefined): ReadLog {
  const lines = (text ?? "").split("\n");
  const effects = new Map<number, RecordedEffect>();
  let header: RunHeader | undefined;
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    let value: Partial<RunHeader & RecordedEffect>;
    try {
      value = JSON.parse(line, reviveData) as typeof value;
    } catch (cause) {
      if (index === lines.length - 1) break;
      throw new LuaSkillsError("invalid_argument", `line ${index + 1} of the workflow log is not JSON`, { cause });
    }
    if (value.format === 1) header = value as RunHeader;
    else if (value.seq !== undefined) effects.set(value.seq, value as RecordedEffect);
    else
      throw new LuaSkillsError(
        "invalid_argument",
        `line ${index + 1} of the workflow log is neither header nor effect`,
      );
  }
  return { header, effects };
}

export function logLine(value: RunHeader | RecordedEffect): string {
  return `${JSON.stringify(value, replaceData)}\n`;
}

/** The same data gives the same text, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value), replaceData) ?? "null";
}

/** FNV-1a, 64 bits: tells two commands apart, proves nothing. */
export function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** Bytes and wide integers have no JSON form. */
function replaceData(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: [...value] };
  return value;
}

function reviveData(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { $int, $bytes } = value as { $int?: unknown; $bytes?: unknown };
  if (typeof $int === "string") return BigInt($int);
  if (Array.isArray($bytes)) return Uint8Array.from($bytes as number[]);
  return value;
}
