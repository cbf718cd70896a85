/**
 * Where the entries of a store are: in memory, or in one JSON file of the tree that is written whole.
 * @module
 */
import { decodeBase64, encodeBase64 } from "../../../base/bytes/base64.ts";
import { parseJson } from "../../../base/text/parse-json.ts";
import { keptBytes, keptCopy } from "../../../base/values/kept-copy.ts";
import { members, objectOf } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Vfs } from "../../../vfs/interface.ts";
import { jsonText } from "../json/json-text.ts";

const entryUnits = 20;
const bytesPerUnit = 64;

export interface StoredEntry {
  readonly value: LuaValue;
  /** Grows with every write of the key. */
  readonly version: number;
  /** Unix milliseconds; absent: never. */
  readonly expires?: number;
  /** What it takes in memory, its key included. */
  readonly bytes: number;
}

export interface Records {
  /** Undefined when missing or expired. */
  get(key: string): StoredEntry | undefined;
  /** `ttl` in seconds. @throws LuaSkillsError `quota_exceeded` */
  put(key: string, value: LuaValue, ttl: number | undefined): StoredEntry;
  delete(key: string): boolean;
  /** In order. */
  keys(): string[];
}

export class MemoryRecords implements Records {
  #entries = new Map<string, StoredEntry>();
  #version = 0;
  #bytes = 0;

  constructor(
    private readonly now: () => number,
    /** For messages. */
    private readonly id: string,
    private readonly mostBytes: number,
  ) {}

  get(key: string): StoredEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expires === undefined || entry.expires > this.now()) return entry;
    this.#drop(key);
    return undefined;
  }

  put(key: string, value: LuaValue, ttl: number | undefined): StoredEntry {
    const bytes = keptBytes(key) + keptBytes(value);
    this.#makeRoom(key, bytes);
    // A copy: what Lua or a host does with the value later does not reach the store.
    const entry = {
      value: keptCopy(value),
      version: ++this.#version,
      bytes,
      ...(ttl === undefined ? {} : { expires: this.now() + ttl * 1000 }),
    };
    this.#drop(key);
    this.#set(key, entry);
    return entry;
  }

  delete(key: string): boolean {
    const there = this.get(key) !== undefined;
    this.#drop(key);
    return there;
  }

  keys(): string[] {
    const keys: string[] = [];
    for (const key of this.#entries.keys()) {
      charge(entryUnits);
      if (this.get(key) !== undefined) keys.push(key);
    }
    return keys.sort((a, b) => {
      charge(entryUnits / 4);
      return a < b ? -1 : 1;
    });
  }

  /** In the order in which they were written. */
  protected get entries(): Iterable<readonly [key: string, entry: StoredEntry]> {
    return this.#entries;
  }

  /** These instead of all others; the last has the highest version. */
  protected replace(entries: Iterable<readonly [key: string, entry: StoredEntry]>): void {
    this.#entries = new Map();
    this.#bytes = 0;
    for (const [key, entry] of entries) {
      this.#set(key, entry);
      this.#version = Math.max(this.#version, entry.version);
    }
  }

  #set(key: string, entry: StoredEntry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  #makeRoom(key: string, bytes: number): void {
    const fits = () => this.#bytes - (this.#entries.get(key)?.bytes ?? 0) + bytes <= this.mostBytes;
    if (fits()) return;
    // Those whose time is over go.
    this.keys();
    if (fits()) return;
    throw new LuaSkillsError(
      "quota_exceeded",
      `the store ${this.id} may hold ${this.mostBytes} bytes (stores["${this.id}"].bytes), and "${key.slice(0, 100)}" takes ${bytes} more: delete what is no longer needed`,
      { data: { limit: "bytes", value: this.mostBytes } },
    );
  }
}

/** What has no JSON form is wrapped: bytes and wide integers. */
function pack(value: LuaValue): LuaValue {
  if (typeof value === "bigint") return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: encodeBase64(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { $float: String(value) };
  if (typeof value !== "object" || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map(pack);
  return objectOf(renamed(value as Table, (key) => (key.startsWith("$") ? `$${key}` : key), pack));
}

type Table<T = LuaValue> = { readonly [key: string]: T };

function* renamed<T, U>(table: Table<T>, name: (key: string) => string, value: (member: T) => U) {
  for (const [key, member] of members(table)) yield [name(key), value(member)] as const;
}

function unpack(value: unknown): LuaValue {
  if (typeof value !== "object" || value === null) return value as LuaValue;
  if (Array.isArray(value)) return value.map(unpack);
  const table = value as Readonly<Record<string, unknown>>;
  if (typeof table.$int === "string") return BigInt(table.$int);
  if (typeof table.$bytes === "string") return decodeBase64(table.$bytes);
  if (typeof table.$float === "string") return Number(table.$float);
  return objectOf(renamed(table, (key) => (key.startsWith("$$") ? key.slice(1) : key), unpack));
}

export class VfsRecords extends MemoryRecords {
  #version: string | undefined;

  constructor(
    private readonly vfs: Vfs,
    private readonly path: string,
    now: () => number,
    id: string,
    mostBytes: number,
  ) {
    super(now, id, mostBytes);
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
    const bytes = stat ? this.vfs.readFile(this.path) : new Uint8Array(0);
    charge(bytes.length / bytesPerUnit);
    const text = stat ? new TextDecoder().decode(bytes) : "{}";
    const entries = parseJson(text) as Record<string, { value: unknown; version: number; expires?: number }>;
    const found = [...members(entries)].sort(([, a], [, b]) => {
      charge(entryUnits / 4);
      return a.version - b.version;
    });
    this.replace(
      found.map(([key, { value: packed, ...rest }]) => {
        const value = unpack(packed);
        return [key, { value, bytes: keptBytes(key) + keptBytes(value), ...rest }];
      }),
    );
  }

  #write(): void {
    const parts: string[] = [];
    for (const [key, { value, version, expires }] of this.entries) {
      const facts = { value: pack(value), version, ...(expires === undefined ? {} : { expires }) };
      parts.push(`${jsonText(key)}:${jsonText(facts)}`);
    }
    this.vfs.mkdir(this.path.slice(0, this.path.lastIndexOf("/")) || "/", { recursive: true });
    this.vfs.writeFile(this.path, new TextEncoder().encode(`{${parts.join(",")}}`));
    const stat = this.vfs.stat(this.path, { followLinks: true });
    this.#version = stat && `${stat.size} ${stat.version ?? stat.modifiedMs}`;
  }
}
