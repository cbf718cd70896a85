import type { DatabaseTarget, RuntimeDatabases } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { DatabaseName } from "../wire/ops.ts";
import type { Transport } from "../wire/transport.ts";
import { bytesOf } from "./bytes.ts";

export function runtimeDatabases(transport: Transport): RuntimeDatabases {
  return {
    list: () => transport.request({ op: "databases.list" }),
    sqlite: {
      tables: async (target) => transport.request({ op: "sqlite.tables", ...nameOf(target) }),
      query: async (target, sql, params, { maxRows, signal } = {}) =>
        transport.request({ op: "sqlite.query", ...nameOf(target), sql, params, maxRows }, { signal }),
      export: async (target) => transport.request({ op: "sqlite.export", ...nameOf(target) }),
      import: async (target, bytes) => {
        await transport.request({ op: "sqlite.import", ...nameOf(target), bytes: await bytesOf(bytes) });
      },
    },
    lancedb: {
      tables: async (target) => transport.request({ op: "lancedb.tables", ...nameOf(target) }),
      rows: async (target, table, options) =>
        transport.request({ op: "lancedb.rows", ...nameOf(target), table, options }),
      search: async (target, search) => {
        // A typed array would not survive JSON.
        const vector = ArrayBuffer.isView(search?.vector) ? Array.from(search.vector) : search?.vector;
        return transport.request({ op: "lancedb.search", ...nameOf(target), search: { ...search, vector } });
      },
      export: async (target) => transport.request({ op: "lancedb.export", ...nameOf(target) }),
      import: async (target, bytes) => {
        await transport.request({ op: "lancedb.import", ...nameOf(target), bytes: await bytesOf(bytes) });
      },
    },
  };
}

function nameOf(target: DatabaseTarget): DatabaseName {
  if (typeof target === "string") return { skillId: target };
  if (typeof target?.skillId === "string") return { skillId: target.skillId, rootName: target.rootName };
  throw new LuaSkillsError(
    "invalid_argument",
    "a database is named by its skill's id, or by a row of databases.list()",
  );
}
