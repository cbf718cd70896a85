/**
 * The persisted per-skill configuration (spec engine.md §6). Every operation reads the file again, so what another
 * runtime or the user wrote is seen; the tree is synchronous, so read-modify-write cannot interleave.
 * @module
 */

import { compareBytes } from "../../base/bytes/byte-order.ts";
import { isObject } from "../../base/is-object.ts";
import { parentPath } from "../../base/path-text.ts";
import { join } from "../../base/paths.ts";
import { parseJson } from "../../base/text/json-text.ts";
import { charge } from "../../base/work.ts";
import type { ConfigEvent } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { identifierComplaint, isIdentifier } from "../manifest/identifiers.ts";
import { decodeText, reasonText } from "../vfs-text.ts";

export interface ConfigEntry {
  readonly skill_id: string;
  readonly key: string;
  readonly value: string;
}

export interface ConfigStoreOptions {
  readonly vfs: Vfs;
  /** `skill_config_file_path`; wins over every default. */
  readonly explicitPath?: string | undefined;
  /** What a relative explicit path is resolved against, once, here. Default `/`. */
  readonly cwd?: string;
  /** Hears of every change made through this store, after it was written. */
  readonly onChange?: (event: ConfigEvent) => void;
}

/** Bytes of the file: it is read and written whole with every access. */
const mostBytes = 8 * 2 ** 20;

type Document = Map<string, Map<string, string>>;

export class ConfigStore {
  readonly #vfs: Vfs;
  readonly #explicitPath: string | undefined;
  readonly #onChange: (event: ConfigEvent) => void;
  #defaultPath: string | undefined;

  constructor(options: ConfigStoreOptions) {
    this.#vfs = options.vfs;
    this.#onChange = options.onChange ?? (() => {});
    this.#explicitPath =
      options.explicitPath === undefined ? undefined : join(options.cwd ?? "/", options.explicitPath);
  }

  get hasExplicitPath(): boolean {
    return this.#explicitPath !== undefined;
  }

  /** The file in use, or undefined before the first load when no path was given. */
  get path(): string | undefined {
    return this.#explicitPath ?? this.#defaultPath;
  }

  /** Adopts the default path of a chain that loaded. */
  useDefaultPath(path: string): void {
    this.#defaultPath = path;
  }

  get(skillId: string, key: string): string | undefined {
    const [id, name] = address(skillId, key);
    return this.#read().get(id)?.get(name);
  }

  set(skillId: string, key: string, value: string): void {
    const [id, name] = address(skillId, key);
    requireText(value, "value");
    const document = this.#read();
    const namespace = document.get(id) ?? new Map<string, string>();
    const before = namespace.get(name);
    document.set(id, namespace.set(name, value));
    this.#write(document);
    if (before !== value) this.#onChange({ skill_id: id, key: name, value });
  }

  /** True when there was a value. Writes in any case: the namespace is pruned when it is empty, as is what nobody knows. */
  delete(skillId: string, key: string): boolean {
    const [id, name] = address(skillId, key);
    const document = this.#read();
    const namespace = document.get(id);
    const existed = namespace?.delete(name) ?? false;
    if (namespace?.size === 0) document.delete(id);
    this.#write(document);
    if (existed) this.#onChange({ skill_id: id, key: name, value: null });
    return existed;
  }

  /** One skill's values, as Lua's `vulcan.config.list()` shows them. */
  list(skillId: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entries(skillId).map((entry) => [entry.key, entry.value]));
  }

  /** `list_skill_config_entries`: sorted by skill id, then key. */
  entries(skillId?: string): ConfigEntry[] {
    const wanted = skillId === undefined ? undefined : namespaceId(skillId);
    const found: ConfigEntry[] = [];
    for (const [id, namespace] of sorted(this.#read())) {
      if (wanted !== undefined && id !== wanted) continue;
      for (const [key, value] of sorted(namespace)) found.push({ skill_id: id, key, value });
    }
    return found;
  }

  #file(): string {
    if (this.path !== undefined) return this.path;
    throw new LuaSkillsError(
      "invalid_argument",
      "skill config file path is unresolved; set host_options.skill_config_file_path or load at least one skill root first",
    );
  }

  #read(): Document {
    const path = this.#file();
    let text: string;
    try {
      if (this.#vfs.stat(path, { followLinks: true }) === undefined) return new Map();
      text = decodeText(this.#vfs.readFile(path));
    } catch (thrown) {
      throw storageError(`failed to read skill config file '${path}': ${reasonText(thrown)}`, thrown);
    }
    try {
      charge(text.length);
      return decodeDocument(parseJson(text));
    } catch (thrown) {
      throw storageError(`failed to parse skill config file '${path}': ${reasonText(thrown)}`, thrown);
    }
  }

  #write(document: Document): void {
    const path = this.#file();
    const folder = parentPath(path) ?? "/";
    const temporary = `${path.replace(/\.[^./]+$/, "")}.json.tmp`;
    const attempt = (what: string, step: () => void) => {
      try {
        step();
      } catch (thrown) {
        throw storageError(`failed to ${what}: ${reasonText(thrown)}`, thrown);
      }
    };
    attempt(`create skill config directory '${folder}'`, () => this.#vfs.mkdir(folder, { recursive: true }));
    const bytes = new TextEncoder().encode(encodeDocument(document));
    charge(bytes.length / 4);
    if (bytes.length > mostBytes && bytes.length > (this.#vfs.stat(path)?.size ?? 0)) {
      const text = `skill config file '${path}' would hold ${bytes.length} bytes; all skills together may have ${mostBytes}`;
      throw new LuaSkillsError("quota_exceeded", text);
    }
    attempt(`write skill config temp file '${temporary}'`, () => this.#vfs.writeFile(temporary, bytes));
    attempt(`promote skill config temp file '${temporary}' to '${path}'`, () => this.#vfs.rename(temporary, path));
  }
}

/** Values come from pages, too, where types are a promise only. */
function requireText(value: unknown, what: string): void {
  if (typeof value === "string") return;
  throw new LuaSkillsError("invalid_argument", `skill config ${what} must be a string, got ${typeof value}`);
}

function address(skillId: string, key: string): [string, string] {
  const id = namespaceId(skillId);
  requireText(key, "key");
  const name = key.trim();
  if (name === "") throw new LuaSkillsError("invalid_argument", "skill config key must not be empty");
  return [id, name];
}

function namespaceId(skillId: string): string {
  requireText(skillId, "skill_id");
  const id = skillId.trim();
  if (isIdentifier(id)) return id;
  throw new LuaSkillsError("invalid_argument", `invalid skill config skill_id: ${identifierComplaint("skill_id")}`, {
    data: { skillId },
  });
}

function decodeDocument(json: unknown): Document {
  const document: Document = new Map();
  for (const [id, namespace] of Object.entries(member(json, "skills", "the document"))) {
    const values = new Map<string, string>();
    for (const [key, value] of Object.entries(asObject(namespace, `skills.${id}`))) {
      if (typeof value !== "string") throw new Error(`skills.${id}.${key}: expected a string`);
      values.set(key, value);
    }
    document.set(id, values);
  }
  return document;
}

function member(json: unknown, name: string, where: string): Record<string, unknown> {
  const object = asObject(json, where);
  return Object.hasOwn(object, name) ? asObject(object[name], name) : {};
}

function asObject(json: unknown, where: string): Record<string, unknown> {
  if (isObject(json)) return json as Record<string, unknown>;
  throw new Error(`${where}: expected an object`);
}

/** Written by hand because JavaScript objects hoist integer-like keys, and the keys must be in byte order. */
function encodeDocument(document: Document): string {
  const skills = sorted(document).map(
    ([id, namespace]) =>
      `    ${JSON.stringify(id)}: ${block(
        sorted(namespace).map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`),
        "    ",
      )}`,
  );
  return `{\n  "skills": ${block(skills, "  ")}\n}`;
}

function block(lines: string[], indent: string): string {
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
}

function sorted<T>(map: ReadonlyMap<string, T>): Array<[string, T]> {
  return [...map].sort(([a], [b]) => compareBytes(a, b));
}

function storageError(message: string, cause: unknown): LuaSkillsError {
  return new LuaSkillsError("storage_error", message, { cause });
}
