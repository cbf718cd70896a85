/**
 * The databases of skills for the page (`runtime.databases`): where a database is comes from here, what is in it from
 * src/sqlite and src/vectors.
 * @module
 */

import { packVectors, unpackVectors } from "../../databases/vector-archive.ts";
import { LuaSkillsError, type LuaSkillsErrorCode } from "../../errors.ts";
import { VfsError } from "../../vfs/interface.ts";
import type { EngineReplies, EngineRequest } from "../../wire/ops.ts";
import { checkText } from "../check-request.ts";
import type { EngineCore } from "../core.ts";
import type { EngineState, RequestContext } from "../state.ts";
import { listDatabases, locateDatabase } from "./list.ts";

type SqliteRequest = Extract<EngineRequest, { op: `sqlite.${string}` }>;
type LancedbRequest = Extract<EngineRequest, { op: `lancedb.${string}` }>;
export type DatabaseRequest = SqliteRequest | LancedbRequest | Extract<EngineRequest, { op: "databases.list" }>;
type Reply<R extends EngineRequest> = Promise<EngineReplies[R["op"]]>;

/** @throws LuaSkillsError as `RuntimeDatabases` says */
export async function databaseRequest(
  state: EngineState,
  request: DatabaseRequest,
  context: RequestContext,
): Reply<DatabaseRequest> {
  try {
    switch (request.op) {
      case "databases.list":
        return await listDatabases(state.core);
      // Not while an install or uninstall moves directories.
      case "sqlite.import":
        return await state.queue.run(() => sqliteRequest(state, request, context));
      case "lancedb.import":
        return await state.queue.run(() => lancedbRequest(state, request));
      case "sqlite.tables":
      case "sqlite.query":
      case "sqlite.export":
        return await sqliteRequest(state, request, context);
      default:
        return await lancedbRequest(state, request);
    }
  } catch (thrown) {
    throw storageError(thrown);
  }
}

async function sqliteRequest(
  state: EngineState,
  request: SqliteRequest,
  { abort }: RequestContext,
): Reply<SqliteRequest> {
  const { core } = state;
  const path = await locateDatabase(core, "sqlite", request, { mayBeNew: request.op === "sqlite.import" });
  const { files } = await core.services.databases.embeddedSqlite();
  const caller = { signal: abort.signal };
  switch (request.op) {
    case "sqlite.tables":
      return files.tables(path, caller);
    case "sqlite.query": {
      const { params = [], maxRows } = request;
      if (!Array.isArray(params)) throw new LuaSkillsError("invalid_argument", "params must be an array");
      return files.query(path, request.sql, params, answerLimits(core, maxRows), caller);
    }
    case "sqlite.export":
      return files.read(path, caller);
    case "sqlite.import":
      await files.replace(path, request.bytes, state.flush, caller);
      return undefined;
  }
}

async function lancedbRequest(state: EngineState, request: LancedbRequest): Reply<LancedbRequest> {
  const { core } = state;
  const dir = await locateDatabase(core, "lancedb", request, { mayBeNew: request.op === "lancedb.import" });
  const { files } = await core.services.databases.embeddedLancedb();
  switch (request.op) {
    case "lancedb.tables":
      return files.tables(dir);
    case "lancedb.rows":
      return files.rows(dir, request.table, request.options ?? {}, answerLimits(core));
    case "lancedb.search":
      checkText(request.search?.table, "table");
      return files.search(dir, request.search, answerLimits(core));
    case "lancedb.export":
      return packVectors(files.read(dir));
    case "lancedb.import":
      await files.replace(dir, unpackVectors(request.bytes, core.settings.limits), state.flush);
      return undefined;
  }
}

function answerLimits(
  { settings: { limits } }: EngineCore,
  wanted = limits.databaseQueryRows,
): { maxRows: number; maxBytes: number } {
  if (!Number.isSafeInteger(wanted) || wanted < 0) {
    throw new LuaSkillsError("invalid_argument", `maxRows must be a whole number of at least 0, got ${String(wanted)}`);
  }
  return { maxRows: Math.min(wanted, limits.databaseQueryRows), maxBytes: limits.databaseQueryBytes };
}

function storageError(thrown: unknown): unknown {
  if (thrown instanceof LuaSkillsError) return thrown;
  const code: LuaSkillsErrorCode =
    thrown instanceof VfsError && thrown.errno === "ENOSPC" ? "quota_exceeded" : "storage_error";
  return LuaSkillsError.from(thrown, code);
}
