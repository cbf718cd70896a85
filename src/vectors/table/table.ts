/**
 * One table of the embedded store: scalars in memory, vectors in the file, every row ever written to the file under a row
 * id until compaction drops the dead ones. All methods are synchronous, so a write is atomic for every reader.
 * @module
 */
import type { Vfs } from "../../vfs/interface.ts";
import type { MakeKernel } from "../search/kernel.ts";
import type { RowBatch } from "./row-batch.ts";
import type { Scalar, Schema, VectorColumn } from "./schema.ts";
import { type StoredWrite, TableFile } from "./table-file.ts";
import { VectorRows } from "./vector-rows.ts";

/** Fewer dead rows than this are not worth rewriting a file for. */
const compactionMinimum = 1024;

export class Table {
  readonly schema: Schema;
  #file: TableFile;
  #version: number;
  #rows = 0;
  #live = 0;
  #alive = new Uint8Array(0);
  /** Parallel to the schema; empty for vector columns. */
  #scalars: Scalar[][];
  #vectors: Map<number, VectorRows>;
  /** Size and time of the file as this table left it. */
  #seen = "";

  private constructor(
    private readonly vfs: Vfs,
    private readonly path: string,
    private readonly makeKernel: MakeKernel,
    opened: { file: TableFile; schema: Schema; writes: readonly StoredWrite[] },
  ) {
    this.schema = opened.schema;
    this.#file = opened.file;
    this.#version = 0;
    this.#scalars = [];
    this.#vectors = new Map();
    this.#reset(opened.file, opened.writes);
  }

  /** Replaces whatever is at `path`. */
  static create(vfs: Vfs, path: string, schema: Schema, version: number, kernel: MakeKernel): Table {
    return new Table(vfs, path, kernel, { schema, ...writeWhole(vfs, path, schema, version, undefined) });
  }

  /** @throws Error when the file is damaged beyond its last write */
  static open(vfs: Vfs, path: string, kernel: MakeKernel): Table {
    const { file, writes } = TableFile.open(vfs, path);
    const schema = writes[0]?.schema;
    if (!schema) throw new Error(`${path} does not begin with a schema`);
    return new Table(vfs, path, kernel, { file, schema, writes });
  }

  /** False when somebody else has replaced or removed the file (an import, an uninstall): open it again then. */
  get current(): boolean {
    return this.#seen === this.#fingerprint();
  }

  /** 1 after creation, one more with every write. */
  get version(): number {
    return this.#version;
  }

  /** Bytes the vectors take in memory; the file is the filesystem's. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const column of this.#vectors.values()) bytes += column.memoryBytes;
    return bytes;
  }

  /** Of the file. */
  get bytes(): number {
    return this.#file.size;
  }

  /** Rows that are there. */
  get size(): number {
    return this.#live;
  }

  /** Row ids run from 0 to this; not all are alive. */
  get rows(): number {
    return this.#rows;
  }

  isAlive(row: number): boolean {
    return this.#alive[row] === 1;
  }

  /** A cell of a scalar column, by position in the schema. */
  scalar(column: number, row: number): Scalar {
    return this.#scalars[column]?.[row] ?? null;
  }

  /** The vectors of a vector column, by position in the schema. */
  vectors(column: number): VectorRows {
    const rows = this.#vectors.get(column);
    if (!rows) throw new Error(`column ${column} holds no vectors`);
    return rows;
  }

  /** Adds rows and removes others in one write. */
  write(added: RowBatch | undefined, removed: readonly number[]): void {
    const version = this.#version + 1;
    this.#apply(this.#file.append(this.schema, { version, removed, ...(added ? { added } : {}) }));
    const dead = this.#rows - this.#live;
    if (dead >= compactionMinimum && dead > this.#live) this.#compact();
    this.#seen = this.#fingerprint();
  }

  close(): void {
    this.#file.close();
  }

  #fingerprint(): string {
    const stat = this.vfs.stat(this.path);
    return stat ? `${stat.kind} ${stat.size} ${stat.modifiedMs}` : "gone";
  }

  #compact(): void {
    const batch = this.#liveBatch();
    this.#file.close();
    const { file, writes } = writeWhole(this.vfs, this.path, this.schema, this.#version, batch);
    this.#reset(file, writes);
  }

  #liveBatch(): RowBatch {
    const rows: number[] = [];
    for (let row = 0; row < this.#rows; row++) if (this.isAlive(row)) rows.push(row);
    return {
      count: rows.length,
      cells: this.schema.map((column, position) =>
        column.type === "vector"
          ? this.vectors(position).gather(rows)
          : { kind: "scalar", values: rows.map((row) => this.scalar(position, row)) },
      ),
    };
  }

  #reset(file: TableFile, writes: readonly StoredWrite[]): void {
    this.#file = file;
    this.#rows = 0;
    this.#live = 0;
    this.#alive = new Uint8Array(0);
    this.#scalars = this.schema.map(() => []);
    this.#vectors = new Map(
      this.schema.flatMap((column, position) =>
        column.type === "vector" ? [[position, this.#vectorRows(column)] as const] : [],
      ),
    );
    for (const write of writes) this.#apply(write);
    this.#seen = this.#fingerprint();
  }

  #vectorRows(column: VectorColumn): VectorRows {
    return new VectorRows(column.dim, (offset, target) => this.#file.readVectors(offset, target), this.makeKernel);
  }

  #apply(write: StoredWrite): void {
    for (const row of write.removed) {
      if (this.isAlive(row)) this.#live--;
      this.#alive[row] = 0;
    }
    for (const [position, cells] of write.cells.entries()) {
      if (cells.kind === "vector") this.#vectors.get(position)?.add(cells.offset, cells.valid);
      else pushAll(this.#scalars[position] ?? [], cells.values);
    }
    const end = this.#rows + write.count;
    if (end > this.#alive.length) {
      const grown = new Uint8Array(Math.max(end, this.#alive.length * 2, 64));
      grown.set(this.#alive);
      this.#alive = grown;
    }
    this.#alive.fill(1, this.#rows, end);
    this.#rows = end;
    this.#live += write.count;
    this.#version = write.version;
  }
}

/** Writes a table as a file of one record, beside the old one, and swaps it in: a crash leaves the old or the new. */
function writeWhole(
  vfs: Vfs,
  path: string,
  schema: Schema,
  version: number,
  rows: RowBatch | undefined,
): { file: TableFile; writes: StoredWrite[] } {
  const fresh = `${path}.new`;
  TableFile.create(vfs, fresh, schema, { version, removed: [], ...(rows ? { added: rows } : {}) }).file.close();
  vfs.rename(fresh, path);
  return TableFile.open(vfs, path);
}

function pushAll(target: Scalar[], values: readonly Scalar[]): void {
  for (const value of values) target.push(value);
}
