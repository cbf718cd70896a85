import type { EngineRequest, Op } from "../../wire/ops.ts";

/** Requests that change nothing: whoever led when they were sent, the next leader may be asked again. */
const readOnly: ReadonlySet<Op> = new Set<Op>([
  "help",
  "flush",
  "config.get",
  "config.list",
  "grants.list",
  "databases.list",
  "sqlite.tables",
  "sqlite.export",
  "lancedb.tables",
  "lancedb.rows",
  "lancedb.search",
  "lancedb.export",
  "fs.read",
  "fs.stat",
  "fs.list",
  "fs.exportZip",
]);

export function isRepeatable({ op }: EngineRequest): boolean {
  return readOnly.has(op);
}
