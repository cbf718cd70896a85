/**
 * The embedded store as the host calls it, without Lua.
 * @module
 */
import type { DatabaseBinding } from "../../src/databases/binding.ts";
import { type EmbeddedSqliteOptions, embeddedSqlite } from "../../src/sqlite/embedded-sqlite.ts";
import type { Vfs } from "../../src/vfs/interface.ts";

export const databaseFile = "/runtime/databases/sqlite/bench/bench.sqlite3";

const binding: DatabaseBinding = {
  space_label: "ROOT",
  skill_id: "bench",
  binding_tag: "ROOT-bench",
  root_name: "ROOT",
  space_root: "/runtime/databases",
  skill_dir: "/runtime/skills/bench",
  skill_dir_name: "bench",
  database_kind: "sqlite",
  default_database_path: databaseFile,
};

export async function openEmbedded(vfs: Vfs, options: Pick<EmbeddedSqliteOptions, "wasm" | "files"> = {}) {
  const provider = embeddedSqlite({ vfs, ...options });
  await provider.register(binding);
  const { signal } = new AbortController();
  return (method: string, input: unknown) => provider.call(binding, method, JSON.stringify(input), { signal });
}
