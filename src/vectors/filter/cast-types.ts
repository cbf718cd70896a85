import type { CastType } from "./ast.ts";
import { FilterError } from "./filter-error.ts";
import { type IntegerType, int8, int16, int32, int64, uint8, uint16, uint32, uint64 } from "./integer-type.ts";

const whole = (integer: IntegerType): CastType => ({ kind: "integer", integer });
const double: CastType = { kind: "float" };
const text: CastType = { kind: "text" };

const types = new Map<string, CastType>([
  ["tinyint", whole(int8)],
  ["smallint", whole(int16)],
  ["int", whole(int32)],
  ["integer", whole(int32)],
  ["bigint", whole(int64)],
  ["tinyint unsigned", whole(uint8)],
  ["smallint unsigned", whole(uint16)],
  ["int unsigned", whole(uint32)],
  ["integer unsigned", whole(uint32)],
  ["bigint unsigned", whole(uint64)],
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
  ["binary", { kind: "binary" }],
  ["varbinary", { kind: "binary" }],
  ["bytea", { kind: "binary" }],
]);

/** Digits of a second → microseconds of a unit. */
const timestampUnits = new Map([
  [0, 1e6],
  [3, 1e3],
  [6, 1],
  [9, 1e-3],
]);

/** @throws FilterError */
export function castType(name: string, sizes: readonly number[]): CastType {
  if (name === "decimal" || name === "numeric") {
    const [precision = 38, scale = 0] = sizes;
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) {
      throw new FilterError(`decimal(${sizes.join(",")}) is not a valid type`);
    }
    return { kind: "float", precision, scale };
  }
  if (name === "timestamp") {
    const unit = timestampUnits.get(sizes[0] ?? 6);
    if (unit === undefined) throw new FilterError(`timestamp(${sizes[0]}) is not a valid type`);
    return { kind: "timestamp", unit };
  }
  const type = types.get(name);
  if (!type || sizes.some((size) => !Number.isInteger(size))) throw new FilterError(`unsupported type: ${name}`);
  return type;
}
