/**
 * Where the entries of a store are: in memory, or in one JSON file of the tree that is written whole.
 * @module
 */
import { decodeBase64, encodeBase64 } from "../../../base/bytes/base64.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Vfs } from "../../../vfs/interface.ts";

export interface StoredEntry {
  readonly value: LuaValue;
  /** Grows with every write of the key. */
  readonly version: number;
  /** Unix milliseconds; absent: never. */
  readonly expires?: number;
}

export interface Records {
  /** Undefined when missing or expired. */
  get(key: string): StoredEntry | undefined;
  /** `ttl` in seconds. */
  put(key: string, value: LuaValue, ttl: number | undefined): StoredEntry;
  delete(key: string): boolean;
  /** In order. */
  keys(): string[];
}

export class MemoryRecords implements Records {
  protected entries = new Map<string, StoredEntry>();
  #version = 0;

  constructor(private readonly now: () => number) {}

  get(key: string): StoredEntry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expires === undefined || entry.expires > this.now()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  put(key: string, value: LuaValue, ttl: number | undefined): StoredEntry {
    this.#version = Math.max(this.#version, ...[...this.entries.values()].slice(-1).map((each) => each.version)) + 1;
    // A copy: what Lua or a host does with the value later does not reach the store.
    const entry = {
      value: structuredClone(value),
      version: this.#version,
      ...(ttl === undefined ? {} : { expires: this.now() + ttl * 1000 }),
    };
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  delete(key: string): boolean {
    const there = this.get(key) !== undefined;
    this.entries.delete(key);
    return there;
  }

  keys(): string[] {
    return [...this.entries.keys()].filter((key) => this.get(key) !== undefined).sort();
  }
}

/** What has no JSON form is wrapped: bytes and wide integers. */
function pack(value: LuaValue): unknown {
  if (typeof value === "bigint") return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: encodeBase64(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { $float: String(value) };
  if (typeof value !== "object" || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map(pack);
  const members = Object.entries(value).map(([key, member]) => [key.startsWith("$") ? `$${key}` : key, pack(member)]);
  return Object.fromEntries(members);
}

function unpack(value: unknown): LuaValue {
  if (typeof value !== "object" || value === null) return value as LuaValue;
  if (Array.isArray(value)) return value.map(unpack);
  const table = value as Readonly<Record<string, unknown>>;
  if (typeof table.$int === "string") return BigInt(table.$int);
  if (typeof table.$bytes === "string") return decodeBase64(table.$bytes);
  if (typeof table.$float === "string") return Number(table.$float);
  return Object.fromEntries(
    Object.entries(table).map(([key, member]) => [key.startsWith("$$") ? key.slice(1) : key, unpack(member)]),
  );
}

export class VfsRecords extends MemoryRecords {
  #version: string | undefined;

  constructor(
    private readonly vfs: Vfs,
    private readonly path: string,
    now: () => number,
  ) {
    super(now);
  }

  override get(key: string): StoredEntry | undefined {
    this.#read();
    return super.get(key);
  }

  override put(key: string, value: LuaValue, ttl: number | undefined): StoredEntry {
    this.#read();
    const entry = super.put(key, value, ttl);
    this.#write();
    return entry;
  }

  override delete(key: string): boolean {
    const there = super.delete(key);
    if (there) this.#write();
    return there;
  }

  override keys(): string[] {
    this.#read();
    return super.keys();
  }

  /** Somebody else may have written or restored the file. */
  #read(): void {
    const stat = this.vfs.stat(this.path, { followLinks: true });
    const version = stat && `${stat.size} ${stat.version ?? stat.modifiedMs}`;
    if (version === this.#version) return;
    this.#version = version;
    const text = stat ? new TextDecoder().decode(this.vfs.readFile(this.path)) : "{}";
    const entries = JSON.parse(text) as Record<string, { value: unknown; version: number; expires?: number }>;
    this.entries = new Map(
      Object.entries(entries)
        .sort(([, a], [, b]) => a.version - b.version)
        .map(([key, { value, ...rest }]) => [key, { value: unpack(value), ...rest }]),
    );
  }

  #write(): void {
    const out = Object.fromEntries(
      [...this.entries].map(([key, { value, ...rest }]) => [key, { value: pack(value), ...rest }]),
    );
    this.vfs.mkdir(this.path.slice(0, this.path.lastIndexOf("/")) || "/", { recursive: true });
    this.vfs.writeFile(this.path, new TextEncoder().encode(JSON.stringify(out)));
    const stat = this.vfs.stat(this.path, { followLinks: true });
    this.#version = stat && `${stat.size} ${stat.version ?? stat.modifiedMs}`;
  }
}
