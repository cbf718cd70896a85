/**
 * The part of `@lancedb/lancedb` used here: an optional package beside the bridge.
 * @module
 */
import { createRequire } from "node:module";
import type { Schema as ArrowSchema, Table as ArrowTable } from "apache-arrow";
import { LuaSkillsError } from "../../../errors.ts";
import type { ArrowModule } from "../../../vectors/rows/arrow.ts";

interface LanceQuery {
  column(name: string): LanceQuery;
  distanceType(type: "l2"): LanceQuery;
  limit(count: number): LanceQuery;
  where(filter: string): LanceQuery;
  toArrow(): Promise<ArrowTable>;
}

interface LanceMerge {
  whenMatchedUpdateAll(): LanceMerge;
  whenNotMatchedInsertAll(): LanceMerge;
  execute(data: ArrowTable): Promise<{ readonly numInsertedRows: number; readonly numUpdatedRows: number }>;
}

export interface LanceTable {
  schema(): Promise<ArrowSchema>;
  version(): Promise<number>;
  add(data: ArrowTable): Promise<unknown>;
  mergeInsert(keys: string[]): LanceMerge;
  query(): { nearestTo(vector: Float32Array): LanceQuery };
  delete(condition: string): Promise<{ readonly numDeletedRows: number }>;
}

export interface LanceConnection {
  createEmptyTable(name: string, schema: ArrowSchema, options: { mode: "create" | "overwrite" }): Promise<unknown>;
  openTable(name: string): Promise<LanceTable>;
  dropTable(name: string): Promise<void>;
  close(): void;
}

export interface LancePackage {
  readonly arrow: ArrowModule;
  connect(directory: string, options: { readonly readConsistencyInterval: number }): Promise<LanceConnection>;
}

/** Both are loaded with the first request. @throws LuaSkillsError `capability_unavailable` when it is not installed */
export function lancePackage(from = import.meta.url): LancePackage {
  try {
    const file = createRequire(from).resolve("@lancedb/lancedb");
    const load = createRequire(file);
    // Its own Arrow: tables of another copy would have to be rebuilt.
    return { ...(load(file) as Omit<LancePackage, "arrow">), arrow: load("apache-arrow") as ArrowModule };
  } catch (cause) {
    throw new LuaSkillsError(
      "capability_unavailable",
      "the bridge has no package @lancedb/lancedb, the native LanceDB; install it beside luaskills-wasm: npm install @lancedb/lancedb@0.39.0 apache-arrow@18.1.0",
      { cause },
    );
  }
}
