/**
 * The role each operation needs. A new operation without one does not compile; the HTTP matrix is tested from these tables.
 * @module
 */
import type { Op } from "../../wire/ops.ts";

/** Each may what those before it may. `call`: entries; `read`: files, configuration, databases; `manage`: everything. */
export const roles = ["call", "read", "manage"] as const;
export type Role = (typeof roles)[number];

export const roleOfOp = {
  call: "call",
  help: "call",
  flush: "call",
  "config.get": "read",
  "config.list": "read",
  "grants.list": "read",
  "databases.list": "read",
  "sqlite.tables": "read",
  "sqlite.query": "read",
  "sqlite.export": "read",
  "lancedb.tables": "read",
  "lancedb.rows": "read",
  "lancedb.search": "read",
  "lancedb.export": "read",
  "fs.read": "read",
  "fs.stat": "read",
  "fs.list": "read",
  "fs.exportZip": "read",
  // Code of a client's own reads and writes the whole tree.
  runLua: "manage",
  luaexec: "manage",
  json: "manage",
  shell: "manage",
  "skills.install": "manage",
  "skills.update": "manage",
  "skills.pack": "read",
  "skills.uninstall": "manage",
  "skills.enable": "manage",
  "skills.disable": "manage",
  "skills.reload": "manage",
  "config.set": "manage",
  "config.delete": "manage",
  "grants.revoke": "manage",
  "sqlite.import": "manage",
  "lancedb.import": "manage",
  "fs.mkdir": "manage",
  "fs.write": "manage",
  "fs.remove": "manage",
  "fs.rename": "manage",
  "fs.importZip": "manage",
  "storage.begin": "manage",
  "storage.step": "manage",
  "storage.end": "manage",
} as const satisfies Record<Op, Role>;

/** Functions of the native JSON API that need less than `manage`. */
const methodRoles: Readonly<Record<string, Role>> = {
  version: "call",
  describe: "call",
  list_entries: "call",
  list_skill_help: "call",
  render_skill_help_detail: "call",
  prompt_argument_completions: "call",
  is_skill: "call",
  skill_name_for_tool: "call",
  call_skill: "call",
  skill_config_get: "read",
  skill_config_list: "read",
};
const hostOnly = new Set(["engine_new", "engine_free"]);

/** Undefined: the host alone calls it. The long native name means the same function. */
export function roleOfMethod(name: string): Role | undefined {
  const method = name.replace(/^luaskills_ffi_/, "").replace(/_json$/, "");
  if (hostOnly.has(method)) return undefined;
  return Object.hasOwn(methodRoles, method) ? methodRoles[method] : "manage";
}
