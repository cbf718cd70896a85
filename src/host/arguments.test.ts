import { describe, expect, it } from "vitest";
import { LuaRaise, type LuaReader, type LuaTypeWord, type LuaValue, LuaValueError } from "../lua/interface.ts";
import {
  booleanOption,
  checkOptionsArgument,
  isBlank,
  jsonArgument,
  optionalIntegerArgument,
  pathArgument,
  stringArgument,
  tableArgument,
  trimText,
} from "./arguments.ts";

/** A reader over JavaScript values; `Uint8Array` stands for a string that is not UTF-8, a function for one. */
function reader(...values: unknown[]): LuaReader {
  const at = (i: number) => values[i - 1];
  const type = (i: number): LuaTypeWord => {
    const v = at(i);
    if (v === undefined || v === null) return "nil";
    if (v instanceof Uint8Array) return "string";
    if (typeof v === "number") return Number.isInteger(v) ? "integer" : "number";
    if (typeof v === "object") return "table";
    return typeof v as "string" | "boolean" | "function";
  };
  return {
    count: values.length,
    type,
    boolean: (i) => at(i) === true,
    number: (i) => Number(at(i)),
    text: (i) => (typeof at(i) === "string" ? String(at(i)) : undefined),
    bytes: (i) => new TextEncoder().encode(String(at(i))),
    view: (i) => new TextEncoder().encode(String(at(i))),
    value: (i) => {
      if (type(i) === "function") throw new LuaValueError("Cannot convert Lua function to JSON");
      return at(i) as LuaValue;
    },
    json: (i) => {
      if (type(i) === "function") throw new LuaValueError("Cannot convert Lua function to JSON");
      return JSON.stringify(at(i));
    },
    inline: (i) => String(at(i)),
  };
}

function textOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(LuaRaise);
    return (error as Error).message;
  }
  return "no error";
}

describe("string argument", () => {
  it("checks type, encoding, blankness and NUL in this order", () => {
    const check = (v: unknown, rules = {}) => textOf(() => stringArgument(reader(v), 1, "fs.read", "path", rules));
    expect(check(undefined)).toBe("fs.read: path must be a string, got nil");
    expect(check(3)).toBe("fs.read: path must be a string, got integer");
    expect(check(3, { wording: "io" })).toBe("fs.read: path must be a string, got number");
    expect(check(3.5)).toBe("fs.read: path must be a string, got number");
    expect(check(Uint8Array.of(255))).toBe("fs.read: path must be a valid UTF-8 string");
    expect(check(Uint8Array.of(255), { wording: "io" })).toBe("fs.read: path must be valid UTF-8");
    expect(check(" \u3000")).toBe("fs.read: path must not be empty");
    expect(check("a\0")).toBe("fs.read: path must not contain NUL bytes");
    expect(check("\0", { allowBlank: true })).toBe("fs.read: path must not contain NUL bytes");
  });

  it("gives the text untrimmed", () => {
    expect(stringArgument(reader(" a "), 1, "f", "p")).toBe(" a ");
    expect(stringArgument(reader("  "), 1, "f", "p", { allowBlank: true })).toBe("  ");
  });

  it("knows Unicode whitespace as the reference does", () => {
    expect(isBlank("\u00a0\u0085\u3000\u202f\u2028")).toBe(true);
    expect(isBlank("\ufeff")).toBe(false);
    expect(isBlank("\u200b")).toBe(false);
    expect(trimText("\u0085 a b\u3000")).toBe("a b");
    expect(trimText("\ufeffx")).toBe("\ufeffx");
  });
});

describe("path argument", () => {
  it("refuses coerced Lua objects, tested as given", () => {
    const check = (v: string, rules = {}) => textOf(() => pathArgument(reader(v), 1, "fs.read", "path", rules));
    expect(check("table: 0x1")).toBe("fs.read: path looks like a coerced Lua object string `table: 0x1`");
    expect(check(" table: 0x1")).toBe("no error");
    expect(check("userdata: 0x")).toContain("coerced");
    expect(check("table: 1")).toBe("no error");
  });

  it("checks Windows syntax only for a Windows-shaped host", () => {
    const check = (v: string, windows: boolean) =>
      textOf(() => pathArgument(reader(v), 1, "fs.read", "path", { windows }));
    const bad = "fs.read: path contains invalid Windows path syntax";
    expect(check("a?b", false)).toBe("no error");
    for (const path of ["a?b", "ab:c", "1:\\x", "C:\\a:b", "a\tb", 'a"b']) expect(check(path, true)).toBe(bad);
    for (const path of ["C:\\x", "c:", "a\\b", "\\\\?\\UNC\\x?"]) expect(check(path, true)).toBe("no error");
  });
});

describe("other arguments", () => {
  it("optional integers", () => {
    const check = (v: unknown) => textOf(() => optionalIntegerArgument(reader(v), 1, "cache.put", "ttl_sec"));
    expect(optionalIntegerArgument(reader(), 1, "f", "p")).toBeUndefined();
    expect(optionalIntegerArgument(reader(0), 1, "f", "p")).toBe(0);
    expect(check(-1)).toBe("cache.put: ttl_sec must be a non-negative integer: integer");
    expect(check(1.5)).toBe("cache.put: ttl_sec must be a non-negative integer: number");
    expect(check("5")).toBe("cache.put: ttl_sec must be a non-negative integer: string");
  });

  it("tables and options", () => {
    expect(textOf(() => tableArgument(reader(5), 1, "call", "args"))).toBe("call: args must be a table, got integer");
    expect(checkOptionsArgument(reader(), 1, "fs.copy")).toBe(false);
    expect(checkOptionsArgument(reader({}), 1, "fs.copy")).toBe(true);
    expect(textOf(() => checkOptionsArgument(reader("x"), 1, "fs.copy"))).toBe(
      "fs.copy: options must be a table, got string",
    );
    expect(booleanOption(reader(true), 1, "fs.copy", "overwrite")).toBe(true);
    expect(textOf(() => booleanOption(reader(1), 1, "fs.copy", "overwrite"))).toBe(
      "fs.copy: options.overwrite must be a boolean when provided: integer",
    );
  });

  it("conversion errors carry the label", () => {
    expect(
      textOf(() =>
        jsonArgument(
          reader(() => 1),
          1,
          "cache.put",
        ),
      ),
    ).toBe("cache.put: Cannot convert Lua function to JSON");
  });
});
