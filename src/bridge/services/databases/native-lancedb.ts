/**
 * The five methods of `vulcan.lancedb` on the real LanceDB (databases.md §12, §21.9): requests are read, and rows checked, as the
 * embedded store does.
 * @module
 */
import type { Table as ArrowTable, Vector } from "apache-arrow";
import { stringifyExact } from "../../../databases/exact-json.ts";
import {
  created,
  deleted,
  dropped,
  found,
  readCreate,
  readDelete,
  readSearch,
  readUpsert,
  refuseLarge,
  upserted,
} from "../../../vectors/method-shapes.ts";
import {
  type ArrowModule,
  decodeRows,
  encodeRows,
  schemaFromArrow,
  schemaToArrow,
} from "../../../vectors/rows/arrow.ts";
import { rowsFromJson } from "../../../vectors/rows/json-rows.ts";
import { RequestReader } from "../../../vectors/rows/request.ts";
import { tableName } from "../../../vectors/table/schema.ts";
import type { LanceConnection, LanceTable } from "./lancedb-package.ts";

/** What a provider answers (databases.md §15.3). */
export interface Envelope {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly data?: Uint8Array;
}

export class NativeLancedb {
  constructor(
    private readonly connection: LanceConnection,
    private readonly arrow: ArrowModule,
  ) {}

  close(): void {
    this.connection.close();
  }

  /** @throws Error with the text Lua sees */
  async call(action: string, input: unknown): Promise<Envelope> {
    const request = RequestReader.of(input);
    switch (action) {
      case "create_table":
        return this.#create(request);
      case "vector_upsert":
        return this.#upsert(request);
      case "vector_search":
        return this.#search(request);
      case "delete":
        return this.#delete(request);
      case "drop_table": {
        const name = tableName(request.string("table_name"));
        await this.#table(name);
        await this.connection.dropTable(name);
        return { meta: dropped(name) };
      }
      default:
        throw new Error(`LanceDB has no method ${action}`);
    }
  }

  async #create(request: RequestReader): Promise<Envelope> {
    const { name, schema, overwrite } = readCreate(request);
    const mode = overwrite ? "overwrite" : "create";
    await this.connection.createEmptyTable(name, schemaToArrow(this.arrow, schema), { mode });
    return { meta: created(name) };
  }

  async #upsert(request: RequestReader): Promise<Envelope> {
    const { given, keys, format } = readUpsert(request);
    const bytes = Buffer.from(request.string("data_base64", ""), "base64");
    refuseLarge(bytes.length);
    const table = await this.#table(given.trim());
    const schema = schemaFromArrow(this.arrow, await table.schema());
    const batch =
      format === "json" ? rowsFromJson(schema, bytes.toString("utf8")) : decodeRows(this.arrow, schema, bytes);
    const { count } = batch;
    let [inserted, updated] = [count, 0];
    if (count > 0) {
      const rows = encodeRows(this.arrow, schema, batch);
      if (keys.length === 0) await table.add(rows);
      else {
        const merge = table.mergeInsert(keys).whenMatchedUpdateAll().whenNotMatchedInsertAll();
        ({ numInsertedRows: inserted, numUpdatedRows: updated } = await merge.execute(rows));
      }
    }
    return { meta: upserted(keys.length > 0, await table.version(), { rows: count, inserted, updated }) };
  }

  async #search(request: RequestReader): Promise<Envelope> {
    const { given, vector, format, limit, ...wanted } = readSearch(request);
    const [filter, column] = [wanted.filter.trim(), wanted.vectorColumn.trim()];
    const table = await this.#table(given.trim());
    let query = table.query().nearestTo(Float32Array.from(vector)).distanceType("l2").limit(limit);
    if (column !== "") query = query.column(column);
    if (filter !== "") query = query.where(filter);
    const hits = await query.toArrow();
    const data =
      format === "json"
        ? new TextEncoder().encode(stringifyExact(jsonRows(hits)))
        : this.arrow.tableToIPC(hits.schema.fields.length > 0 ? hits : await this.#noHits(table), "stream");
    return { meta: found(format, hits.numRows, data.length), data };
  }

  /** The package's answer without hits has no schema, either. */
  async #noHits(table: LanceTable): Promise<ArrowTable> {
    const { Field, Float32, Schema, Table } = this.arrow;
    const { fields } = await table.schema();
    return new Table(new Schema([...fields, new Field("_distance", new Float32(), true)]));
  }

  async #delete(request: RequestReader): Promise<Envelope> {
    const { name, condition } = readDelete(request);
    const table = await this.#table(name);
    const { numDeletedRows } = await table.delete(condition);
    return { meta: deleted(name, await table.version(), numDeletedRows) };
  }

  /** @throws Error `Table '{name}' was not found` */
  async #table(name: string): Promise<LanceTable> {
    try {
      return await this.connection.openTable(name);
    } catch (error) {
      // Where the file lies on this machine is nothing a skill needs to know.
      throw new Error(String((error as Error).message).replace(/(was not found)[\s\S]*$/, "$1"));
    }
  }
}

function jsonRows(hits: ArrowTable): readonly object[] {
  const names = hits.schema.fields.map(({ name }) => name).sort();
  const columns = names.map((name) => [name, hits.getChild(name)] as const);
  return Array.from({ length: hits.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, jsonValue(values?.get(row))])),
  );
}

function jsonValue(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "object" && value !== null) return Array.from(value as Vector, jsonValue);
  return value ?? null;
}
