/**
 * The service `databases`: native databases of skills, in a directory of the configuration.
 * @module
 */
import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../../../base/message-of.ts";
import { stringifyExact } from "../../../databases/exact-json.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import { objectOf, type Params, textOf } from "../../params.ts";
import type { BridgeService, ConnectionService, ServiceCall, ServiceContext } from "../../service.ts";
import { koffiFile } from "../ffi/ffi-process.ts";
import { lancePackage } from "./lancedb-package.ts";
import { type Envelope, NativeLancedb } from "./native-lancedb.ts";
import { SqliteProcess } from "./sqlite/sqlite-process.ts";

const mostOpen = 64;

export function databasesService(): BridgeService {
  return { name: "databases", open: (context) => new DatabasesConnection(context) };
}

class DatabasesConnection implements ConnectionService {
  readonly facts: { readonly allowed: boolean };
  readonly methods: ConnectionService["methods"];
  /** By directory. */
  readonly #open = new Map<string, Promise<NativeLancedb>>();
  readonly #sqlite: SqliteProcess;

  constructor(private readonly context: ServiceContext) {
    this.facts = { allowed: context.config.databases !== undefined };
    this.methods = {
      /** { action, binding, input } → { meta, data } (databases.md §15). */
      lancedb: (params) => this.#lancedb(objectOf(params)),
      /** { action, binding, input } → what Lua gets. */
      sqlite: (params, call) => this.#runSqlite(objectOf(params), call),
    };
    const { libraries, limits } = context.config;
    this.#sqlite = new SqliteProcess(() => ({
      koffi: koffiFile(),
      library: libraries.sqlite3 ?? undefined,
      maxCallMs: limits.runMs,
    }));
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    this.#sqlite.close();
    for (const database of await Promise.allSettled(open)) if (database.status === "fulfilled") database.value.close();
  }

  async #lancedb(params: Params): Promise<Envelope> {
    const action = textOf(params, "action");
    const directory = this.#directory(params, "lancedb", action);
    const database = await this.#database(directory);
    try {
      return await database.call(action, params.input);
    } catch (error) {
      throw LuaSkillsError.from(error instanceof LuaSkillsError ? error : new Error(messageOf(error)), "bridge_error");
    }
  }

  async #runSqlite(params: Params, { signal }: ServiceCall): Promise<LuaValue> {
    const action = textOf(params, "action");
    const directory = this.#directory(params, "sqlite", action);
    koffiFile();
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const root = path.resolve(this.context.config.databases ?? "");
    // Whatever leads to the root may be a link; below it SQLite follows none.
    const file = path.join(await realpath(root), path.relative(root, directory), "skill.sqlite3");
    return this.#sqlite.call(file, action, stringifyExact(params.input ?? {}), signal);
  }

  #database(directory: string): Promise<NativeLancedb> {
    const known = this.#open.get(directory);
    if (known) return known;
    if (this.#open.size >= mostOpen) throw new LuaSkillsError("overloaded", `${mostOpen} databases are open`);
    const opened = (async () => {
      const { connect, arrow } = lancePackage();
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return new NativeLancedb(await connect(directory, { readConsistencyInterval: 0 }), arrow);
    })();
    this.#open.set(directory, opened);
    // The next request tries again.
    opened.catch(() => this.#open.delete(directory));
    return opened;
  }

  /** Of this page's: another origin's skill of the same name has another. */
  #directory(params: Params, kind: "sqlite" | "lancedb", action: string): string {
    const { config, origin, audit } = this.context;
    const tag = textOf(objectOf(params.binding, "binding"), "binding_tag");
    if (config.databases === undefined) {
      throw new LuaSkillsError(
        "permission_denied",
        "the bridge has no place for databases; start it with --databases DIR",
      );
    }
    const directory = path.join(path.resolve(config.databases), folderName(origin ?? "native"), folderName(tag), kind);
    audit.write({ event: "database", origin, kind, action, directory });
    return directory;
  }
}

/** One name of a folder, different for different texts. */
function folderName(text: string): string {
  const code = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  const name = encodeURIComponent(text)
    .replace(/[_!~*'()]/g, code)
    .replaceAll("%", "_");
  if (text === "" || name.length > 200) throw new LuaSkillsError("invalid_argument", "a bad name of a database");
  return `${name.startsWith(".") ? "_" : ""}${name}`;
}
