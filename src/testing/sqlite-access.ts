/**
 * The embedded store as tests use it: skills bound, answers as plain data.
 * @module
 */
import type { DatabaseBinding } from "../databases/binding.ts";
import type { DatabaseProvider } from "../databases/provider.ts";
import { type EmbeddedSqliteOptions, embeddedSqlite } from "../sqlite/embedded-sqlite.ts";
import type { Vfs } from "../vfs/interface.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";

export function bindingOf(skillId: string): DatabaseBinding {
  return {
    space_label: "ROOT",
    skill_id: skillId,
    binding_tag: `ROOT-${skillId}`,
    root_name: "ROOT",
    space_root: "/runtime/databases",
    skill_dir: `/runtime/skills/${skillId}`,
    skill_dir_name: skillId,
    database_kind: "sqlite",
    default_database_path: databasePath(skillId),
  };
}

export function databasePath(skillId: string): string {
  return `/runtime/databases/sqlite/${skillId}/${skillId}.sqlite3`;
}

export class TestAccess {
  private constructor(
    readonly provider: DatabaseProvider,
    readonly fs: Vfs,
    readonly skillId = "db",
  ) {}

  /** With the skill `db` registered. */
  static async open(options: Partial<EmbeddedSqliteOptions> = {}): Promise<TestAccess> {
    const vfs = options.vfs ?? new MemoryTree();
    const provider = embeddedSqlite({ ...options, vfs });
    await provider.register(bindingOf("db"));
    return new TestAccess(provider, vfs);
  }

  /** Another skill of the same engine. */
  async beside(skillId: string): Promise<TestAccess> {
    await this.provider.register(bindingOf(skillId));
    return new TestAccess(this.provider, this.fs, skillId);
  }

  /** `input` is an object, or JSON text where the object could not say it. */
  async call(method: string, input: unknown = {}, skillId = this.skillId): Promise<Record<string, unknown>> {
    const json = typeof input === "string" ? input : JSON.stringify(input);
    const { signal } = new AbortController();
    return (await this.provider.call(bindingOf(skillId), method, json, { signal })) as Record<string, unknown>;
  }

  exec(sql: string, params?: unknown[]): Promise<Record<string, unknown>> {
    return this.call("execute_script", { sql, params });
  }

  /** `json_data` of a query. */
  async query(sql: string, params?: unknown[]): Promise<string> {
    return String((await this.call("query_json", { sql, params })).json_data);
  }

  /** The text a call fails with. */
  async fails(method: string, input: unknown = {}): Promise<string> {
    try {
      await this.call(method, input);
    } catch (error) {
      return (error as Error).message;
    }
    return "did not fail";
  }
}
