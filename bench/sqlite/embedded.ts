/**
 * The embedded store as the host calls it, without Lua.
 * @module
 */
import type { DatabaseBinding } from "../../src/host/database-binding.ts";
import { embeddedSqlite } from "../../src/sqlite/embedded.ts";
import type { Vfs } from "../../src/vfs/interface.ts";
import type { WasmSource } from "../../src/wasm-file.ts";

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

export async function openEmbedded(vfs: Vfs, wasm?: WasmSource) {
  const provider = await embeddedSqlite({ vfs, wasm });
  await provider.register(binding);
  const { signal } = new AbortController();
  return (method: string, input: unknown) => provider.call(binding, method, JSON.stringify(input), { signal });
}
