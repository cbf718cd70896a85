/**
 * Places of the members of a struct or union.
 * @module
 */
import { CdefError } from "./cdef-error.ts";
import { alignOf, type Member, type RecordLayout, sizeOf } from "./types.ts";

/** What `__attribute__` and `__declspec` said. */
export interface Attributes {
  isPacked: boolean;
  /** Bytes; 0: not said. */
  aligned: number;
}

export interface MemberDeclaration {
  readonly member: Member;
  readonly attributes: Readonly<Attributes>;
}

/** `pack`: bytes of `#pragma pack`, Infinity without. @throws CdefError */
export function layoutRecord(
  kind: "struct" | "union",
  declared: readonly MemberDeclaration[],
  own: Readonly<Attributes>,
  pack: number,
  constants: ReadonlyMap<string, number>,
): RecordLayout {
  let end = 0;
  let largest = 0;
  let align = own.aligned || 1;
  let isVariable = false;
  for (const { member, attributes } of declared) {
    const { type } = member.of;
    const isEnumOnly = member.name === undefined && type.kind === "enum";
    if (isEnumOnly) continue;
    let size = sizeOf(type);
    if (size === undefined) {
      // `[]` and `[?]` take no room.
      if (kind === "union" || type.kind !== "array") throw new CdefError("size of C type is unknown or too large");
      isVariable ||= type.isVariable;
      size = 0;
    }
    const own = memberAlign(member, attributes, pack);
    align = Math.max(align, own);
    member.offset = kind === "union" ? 0 : roundUp(end, own);
    end = member.offset + size;
    largest = Math.max(largest, end);
    if (largest >= 0x2000_0000) throw new CdefError("size of C type is unknown or too large");
  }
  return {
    members: declared.map(({ member }) => member),
    constants,
    size: roundUp(largest, align),
    align,
    isVariable,
  };

  function memberAlign(member: Member, attributes: Readonly<Attributes>, limit: number): number {
    const natural = alignOf(member.of);
    const isPacked = own.isPacked || attributes.isPacked;
    const asked = isPacked || attributes.aligned > natural ? Math.max(1, attributes.aligned) : natural;
    return Math.min(asked, limit);
  }
}

const roundUp = (value: number, align: number) => Math.ceil(value / align) * align;
