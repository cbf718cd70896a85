import type { CastType } from "./ast.ts";
import { FilterError } from "./filter-error.ts";

const signed = (bits: bigint): CastType => ({
  kind: "integer",
  low: -(2n ** (bits - 1n)),
  high: 2n ** (bits - 1n) - 1n,
});
const unsigned = (bits: bigint): CastType => ({ kind: "integer", low: 0n, high: 2n ** bits - 1n });
const double: CastType = { kind: "float" };
const text: CastType = { kind: "text" };

const types = new Map<string, CastType>([
  ["tinyint", signed(8n)],
  ["smallint", signed(16n)],
  ["int", signed(32n)],
  ["integer", signed(32n)],
  ["bigint", signed(64n)],
  ["tinyint unsigned", unsigned(8n)],
  ["smallint unsigned", unsigned(16n)],
  ["int unsigned", unsigned(32n)],
  ["integer unsigned", unsigned(32n)],
  ["bigint unsigned", unsigned(64n)],
  ["float", { kind: "float", single: true }],
  ["real", { kind: "float", single: true }],
  ["double", double],
  ["double precision", double],
  ["string", text],
  ["text", text],
  ["varchar", text],
  ["char", text],
  ["boolean", { kind: "boolean" }],
  ["bool", { kind: "boolean" }],
  ["date", { kind: "date" }],
  ["timestamp", { kind: "timestamp" }],
  ["binary", { kind: "binary" }],
  ["varbinary", { kind: "binary" }],
  ["bytea", { kind: "binary" }],
]);

/** @throws FilterError */
export function castType(name: string, sizes: readonly number[]): CastType {
  if (name === "decimal" || name === "numeric") {
    const [precision = 38, scale = 0] = sizes;
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) {
      throw new FilterError(`decimal(${sizes.join(",")}) is not a valid type`);
    }
    return { kind: "float", scale };
  }
  const type = types.get(name);
  if (!type || sizes.some((size) => !Number.isInteger(size))) throw new FilterError(`unsupported type: ${name}`);
  return type;
}
