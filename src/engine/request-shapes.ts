/**
 * What each operation takes, looked at before it runs: over a worker, HTTP or RPC anything may come.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import { LuaSkillsError } from "../errors.ts";
import type { EngineRequest, Op, Ops } from "../wire/ops.ts";

type Kind = keyof typeof kinds;
type Shape<O extends Op> = { readonly [M in keyof Ops[O][0]]?: Kind | `${Kind}?` };

const isText = (value: unknown) => typeof value === "string";
const isRoot = (value: unknown) =>
  isObject(value) && isText((value as Root).name) && isText((value as Root).skills_dir);
function isData(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && typeof value !== "symbol";
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has a prototype of its own, at the end of its chain like ours.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
type Root = { readonly name?: unknown; readonly skills_dir?: unknown };

/** Kind → whether a value is one, and the words for what it should be. */
const kinds = {
  text: [isText, "a string"],
  path: [
    (value: unknown) => typeof value === "string" && value.startsWith("/") && !value.includes("\0"),
    "a path; paths are absolute, such as /runtime/notes.txt",
  ],
  bytes: [
    (value: unknown) => value instanceof Uint8Array,
    "bytes: a Uint8Array, another view, an ArrayBuffer or a Blob",
  ],
  content: [
    (value: unknown) => value instanceof Uint8Array,
    "a string, or bytes: a Uint8Array, another view, an ArrayBuffer or a Blob",
  ],
  flag: [(value: unknown) => typeof value === "boolean", "true or false"],
  count: [(value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0, "a whole number of at least 0"],
  object: [isObject, "an object"],
  list: [Array.isArray, "an array"],
  root: [isRoot, "a root { name, skills_dir }"],
  roots: [(value: unknown) => Array.isArray(value) && value.every(isRoot), "an array of roots { name, skills_dir }"],
  // What is data but no object the native API refuses in its own words.
  data: [isData, "an object of plain data"],
  any: [() => true, "anything"],
} as const satisfies Record<string, readonly [(value: unknown) => boolean, string]>;

const database = { skillId: "text", rootName: "text?" } as const;
const placed = { targetRoot: "root?", authority: "text?" } as const;
const key = { skillId: "text", key: "text" } as const;
const path = { path: "path" } as const;

/** A call and code are checked where they run: they are short, and what is wrong with their arguments Lua's border says. */
const shapes = {
  call: {},
  runLua: {},
  luaexec: { request: "data" },
  help: { skillId: "text?", flow: "text?" },
  json: { method: "text", params: "data" },
  flush: {},
  shell: { command: "text", cwd: "text?", env: "object?", stdin: "content?" },
  "skills.install": { source: "object", replace: "flag?", ...placed },
  "skills.pack": { skillId: "text" },
  "skills.update": { source: "object", ...placed },
  "skills.uninstall": { skillId: "text", removeSqlite: "flag?", removeLancedb: "flag?", ...placed },
  "skills.enable": { skillId: "text" },
  "skills.disable": { skillId: "text", reason: "text?" },
  "skills.reload": { roots: "roots?" },
  "config.get": key,
  "config.set": { ...key, value: "text" },
  "config.delete": key,
  "config.list": { skillId: "text?" },
  "grants.list": { skill: "any" },
  "grants.revoke": { skill: "any", action: "text?", resource: "text?" },
  "databases.list": {},
  "sqlite.tables": database,
  "sqlite.query": { ...database, sql: "text", params: "list?", maxRows: "count?" },
  "sqlite.export": database,
  "sqlite.import": { ...database, bytes: "bytes" },
  "lancedb.tables": database,
  "lancedb.rows": { ...database, table: "text", options: "object?" },
  "lancedb.search": { ...database, search: "object" },
  "lancedb.export": database,
  "lancedb.import": { ...database, bytes: "bytes" },
  "fs.read": path,
  "fs.stat": path,
  "fs.list": path,
  "fs.mkdir": path,
  "fs.write": { ...path, content: "content" },
  "fs.remove": { ...path, recursive: "flag?" },
  "fs.rename": { from: "path", to: "path" },
  "fs.importZip": { ...path, zip: "bytes" },
  "fs.exportZip": path,
  "storage.begin": { job: "object" },
  "storage.step": { id: "count", bytes: "bytes?" },
  "storage.end": { id: "count" },
} as const satisfies { readonly [O in Op]: Shape<O> };

/** @throws LuaSkillsError `invalid_argument` naming the operation, the member and what it should be */
export function checkRequest(request: EngineRequest): void {
  if (!Object.hasOwn(shapes, request.op)) {
    throw new LuaSkillsError("invalid_argument", `unknown request '${String(request.op)}'`);
  }
  for (const [member, given] of Object.entries<string>(shapes[request.op])) {
    const value = (request as unknown as Record<string, unknown>)[member];
    const optional = given.endsWith("?");
    if (optional && (value === undefined || value === null)) {
      // Whoever reads it looks for what is undefined.
      (request as unknown as Record<string, unknown>)[member] = undefined;
      continue;
    }
    const [accepts, wanted] = kinds[(optional ? given.slice(0, -1) : given) as Kind];
    if (accepts(value)) continue;
    throw new LuaSkillsError(
      "invalid_argument",
      `${request.op}: ${member} must be ${wanted}, got ${described(value)}`,
      { data: { operation: request.op, member } },
    );
  }
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "an array" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
