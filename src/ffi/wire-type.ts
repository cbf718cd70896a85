import { LuaSkillsError } from "../errors.ts";
import { type Qualified, sizeOf } from "./c/types.ts";
import type { NativeSignature, WireType } from "./native-libraries.ts";
import type { TypeWorld } from "./type-world.ts";

/** @throws LuaSkillsError `capability_unavailable` for what cannot be passed or returned by value */
export function wireType({ type }: Qualified): WireType {
  switch (type.kind) {
    case "void":
      return "void";
    case "bool":
      return "bool";
    case "int":
      return `${type.isUnsigned ? "uint" : "int"}${type.size * 8}`;
    case "enum":
      return type.isUnsigned ? "uint32" : "int32";
    case "float":
      if (type.size === 16) break;
      return type.size === 4 ? "float" : "double";
    case "pointer":
    case "reference":
      return "pointer";
    case "struct":
      return struct(type.layout?.members.map(({ of, offset }) => ({ of, offset })) ?? [], sizeOf(type) ?? 0);
    default:
  }
  throw new LuaSkillsError(
    "capability_unavailable",
    `a ${type.kind === "float" ? "long double" : type.kind} cannot be passed to or returned from a C function by value here; pass a pointer`,
  );
}

function struct(members: readonly { readonly of: Qualified; readonly offset: number }[], size: number): WireType {
  const parts = members.flatMap(({ of, offset }) => {
    if (of.type.kind !== "array") return [{ type: wireType(of), offset }];
    const { count = 0 } = of.type;
    const element = of.type.of;
    const each = sizeOf(element.type) ?? 0;
    return Array.from({ length: count }, (_, i) => ({ type: wireType(element), offset: offset + i * each }));
  });
  return { struct: parts, size };
}

/** `behind`: types of the arguments behind `...`. */
export function signatureOf(world: TypeWorld, handle: number, behind: readonly WireType[]): NativeSignature {
  const { type } = world.use(handle);
  if (type.kind !== "function") throw new RangeError("only a function has a signature");
  return {
    returns: wireType(type.returns),
    parameters: [...type.parameters.map(wireType), ...behind],
    isVariadic: type.isVariadic,
    fixed: type.parameters.length,
  };
}
