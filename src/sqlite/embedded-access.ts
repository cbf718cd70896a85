/**
 * Databases in this engine: sqlite-wasm over the virtual filesystem.
 * @module
 */
import type { CallbackContext, JsonObject } from "../contract.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { SqliteAccess, SqliteAccessOptions } from "./access.ts";
import { databasePath, type SqliteBinding, type SqliteMethod, sqliteMethods, wasmLibrary } from "./binding.ts";
import { type Input, parseInput } from "./input.ts";
import { SqliteInstance } from "./instance.ts";
import { notEnabled } from "./not-enabled.ts";
import { OperationLog } from "./operation-log.ts";
import { type LoadedParts, SkillDatabase } from "./skill-database.ts";
import { Jieba } from "./tokenizers/jieba.ts";
import { SegmenterTokenizer } from "./tokenizers/segmenter.ts";

const knownMethods: ReadonlySet<string> = new Set(sqliteMethods);
/** "SQLite format 3" and a NUL. */
const fileHeader = [83, 81, 76, 105, 116, 101, 32, 102, 111, 114, 109, 97, 116, 32, 51, 0];

export class EmbeddedAccess implements SqliteAccess {
  readonly #options: SqliteAccessOptions;
  readonly #skills = new Map<string, SkillDatabase>();
  readonly #parts: LoadedParts = {
    instance: undefined,
    jieba: undefined,
    arrow: undefined,
    segmenter: SegmenterTokenizer.create(),
  };
  #booting: Promise<SqliteInstance> | undefined;
  #loadingJieba: Promise<Jieba> | undefined;

  constructor(options: SqliteAccessOptions) {
    this.#options = options;
  }

  async bind(binding: SqliteBinding): Promise<void> {
    if (this.#skills.has(binding.skillId)) return;
    let instance: SqliteInstance;
    try {
      instance = await this.#boot();
    } catch (error) {
      throw new Error(`Failed to initialize SQLite skill host: ${messageOf(error)}`, { cause: error });
    }
    const now = this.#options.now ?? Date.now;
    const database = new SkillDatabase({
      binding,
      library: wasmLibrary(instance.sqlite.version.libVersion),
      parts: this.#parts,
      fs: this.#options.fs,
      log: new OperationLog(binding, now, this.#options.log ?? (() => {})),
      maxResultBytes: this.#options.maxResultBytes ?? 256 * 2 ** 20,
      maxStreamBytes: this.#options.maxStreamBytes ?? 64 * 2 ** 20,
      cacheKib: this.#options.cacheKib,
      persistence: this.#options.persistence ?? "memory",
    });
    try {
      database.open();
    } catch (error) {
      database.close();
      throw new Error(`Failed to register SQLite for skill ${binding.skillId}: ${messageOf(error)}`, { cause: error });
    }
    this.#skills.set(binding.skillId, database);
  }

  enabled(skillId: string): boolean {
    return this.#skills.has(skillId);
  }

  status(skillId: string): JsonObject {
    return this.#skill(skillId).status();
  }

  info(skillId: string): JsonObject {
    return this.#skill(skillId).info();
  }

  call(
    skillId: string,
    method: string,
    input: string | Uint8Array,
    context: CallbackContext,
  ): LuaValue | Promise<LuaValue> {
    const skill = this.#skill(skillId);
    if (!knownMethods.has(method)) throw new Error(`unknown sqlite method: ${method}`);
    const known = method as SqliteMethod;
    const fields = parseInput(typeof input === "string" ? input : new TextDecoder().decode(input));
    const needs = skill.needs(known, fields);
    if (this.#parts.instance !== undefined && !needs.arrow && !(needs.jieba && this.#options.jieba !== undefined)) {
      return this.#run(skill, known, fields, context);
    }
    return this.#load(needs).then(() => this.#run(skill, known, fields, context));
  }

  release(skillId: string): void {
    this.#skills.get(skillId)?.close();
    this.#skills.delete(skillId);
  }

  reset(): void {
    for (const skillId of [...this.#skills.keys()]) this.release(skillId);
  }

  inTransaction(): boolean {
    for (const skill of this.#skills.values()) if (skill.inTransaction) return true;
    return false;
  }

  exportDatabase(skillId: string): Uint8Array {
    return this.#options.fs.readFile(databasePath(this.#skill(skillId).binding));
  }

  importDatabase(skillId: string, content: Uint8Array): void {
    const skill = this.#skill(skillId);
    if (content.length < 512 || fileHeader.some((byte, i) => content[i] !== byte)) {
      throw new Error("these are not the bytes of an SQLite database");
    }
    skill.close();
    this.#options.fs.writeFile(databasePath(skill.binding), content);
    skill.open();
  }

  #run(skill: SkillDatabase, method: SqliteMethod, input: Input, context: CallbackContext): LuaValue {
    this.#parts.instance?.watch.start(context.signal);
    try {
      return skill.run(method, input);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      // A trap leaves wasm memory in an unknown state. The files are sound: what was under way is in a hot journal.
      this.#parts.instance = undefined;
      this.#booting = undefined;
      for (const each of this.#skills.values()) each.abandon();
      throw new Error(`SQLite failed and is started anew with the next call: ${error.message}`, { cause: error });
    } finally {
      this.#parts.instance?.watch.stop();
    }
  }

  async #load(needs: { jieba: boolean; arrow: boolean }): Promise<void> {
    await this.#boot();
    if (needs.arrow) this.#parts.arrow ??= await import("apache-arrow");
    const { jieba } = this.#options;
    if (needs.jieba && jieba !== undefined) this.#parts.jieba ??= await this.#loadJieba(jieba);
  }

  /** After a failure the next call tries again. */
  #loadJieba(source: NonNullable<SqliteAccessOptions["jieba"]>): Promise<Jieba> {
    this.#loadingJieba ??= Promise.resolve(typeof source === "function" ? source() : source)
      .then((wasm) => Jieba.load(wasm))
      .finally(() => {
        this.#loadingJieba = undefined;
      });
    return this.#loadingJieba;
  }

  #boot(): Promise<SqliteInstance> {
    const { fs, wasm, trampolines, now, workingDirectory, maxCallMs, maxCallSteps } = this.#options;
    this.#booting ??= SqliteInstance.boot(fs, {
      wasm,
      trampolines,
      now: now ?? Date.now,
      workingDirectory: workingDirectory ?? (() => "/"),
      maxCallMs: maxCallMs ?? 0,
      maxCallSteps: maxCallSteps ?? 0,
    }).then(
      (instance) => {
        this.#parts.instance = instance;
        return instance;
      },
      (error: unknown) => {
        this.#booting = undefined;
        throw error;
      },
    );
    return this.#booting;
  }

  #skill(skillId: string): SkillDatabase {
    const skill = this.#skills.get(skillId);
    if (skill === undefined) throw notEnabled();
    return skill;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
