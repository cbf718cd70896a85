import { describe, expect, test } from "vitest";
import expectations from "../../../test/ffi/expectations.json" with { type: "json" };
import { declare, parseType } from "./parser.ts";
import { TypeTable } from "./type-table.ts";
import { alignOf, type Member, measuredSize, type Qualified, typeName } from "./types.ts";

interface Expectation {
  readonly text: string;
  readonly error?: string;
  readonly types: Readonly<Record<string, { size?: number | null; align?: number; name?: string; error?: string }>>;
  readonly fields: Readonly<Record<string, number>>;
}

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
}

function offsetOf({ type }: Qualified, name: string): number | undefined {
  if (type.kind !== "struct" && type.kind !== "union") return undefined;
  for (const member of type.layout?.members ?? []) {
    if (member.name === name) return member.offset;
    const inner = member.name === undefined ? offsetOf(member.of, name) : undefined;
    if (inner !== undefined) return (member as Member).offset + inner;
  }
  return undefined;
}

describe("declarations measured as LuaJIT measures them", () => {
  test.each(
    (expectations as Expectation[]).map((each, i) => [i, each.text || Object.keys(each.types)[0], each] as const),
  )("%i %s", (_, __, { text, error, types, fields }) => {
    const table = new TypeTable();
    expect(attempt(() => declare(table, text))).toBe(error);
    const seen: Record<string, unknown> = {};
    for (const type of Object.keys(types)) {
      const found = attempt(() => parseType(table, type));
      seen[type] =
        typeof found === "string"
          ? { error: found }
          : {
              size: measuredSize(found.type) ?? null,
              align: alignOf(found),
              name: `ctype<${typeName(found)}>`.replace(/(struct|union|enum) \d+/, "$1 #"),
            };
    }
    expect(seen).toEqual(types);
    const offsets = Object.keys(fields).map((key) => {
      const [type = "", name = ""] = key.split(":");
      return [key, offsetOf(parseType(table, type), name)];
    });
    expect(Object.fromEntries(offsets)).toEqual(fields);
  });
});
