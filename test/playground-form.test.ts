import { describe, expect, it } from "vitest";
import { fieldsOf, fieldText, parseFields } from "../demo/src/state/fields.ts";
import type { EntryDescriptor, JsonObject } from "../src/contract/contract.ts";

const fields = (inputSchema: JsonObject) => fieldsOf({ inputSchema } as unknown as EntryDescriptor);
const kinds = (inputSchema: JsonObject) => fields(inputSchema).map(({ name, kind }) => [name, kind]);

const schema: JsonObject = {
  type: "object",
  properties: {
    count: { type: "integer", minimum: 1, maximum: 9, default: 3 },
    deep: { type: "object" },
    kind: { type: "string", enum: ["a", "b"] },
    loud: { type: "boolean" },
    ratio: { type: "number" },
    tags: { type: "array", items: { type: "string" } },
    text: { type: "string", format: "multiline", examples: ["hi"] },
    title: { type: "string", title: "The title" },
  },
  required: ["title", "text", "missing"],
};

describe("the form of an entry", () => {
  it("asks for what is required first, and gives each type its control", () => {
    expect(kinds(schema)).toEqual([
      ["title", "text"],
      ["text", "multiline"],
      ["count", "integer"],
      ["deep", "json"],
      ["kind", "choice"],
      ["loud", "boolean"],
      ["ratio", "number"],
      ["tags", "list"],
    ]);
    expect(kinds({})).toEqual([]);
    expect(kinds({ properties: { odd: true } })).toEqual([["odd", "json"]]);
  });

  it("makes arguments of what was typed, leaves out what was not, and fills in defaults", () => {
    const typed = {
      title: "T",
      text: " keep spaces ",
      ratio: "1.5",
      tags: " a \n\nb",
      deep: '{"x":[1]}',
      loud: "true",
    };
    expect(parseFields(fields(schema), typed)).toEqual({
      ok: true,
      args: { title: "T", text: " keep spaces ", ratio: 1.5, tags: ["a", "b"], deep: { x: [1] }, loud: true, count: 3 },
    });
  });

  it("says what is wrong, field by field", () => {
    const parsed = parseFields(fields(schema), { count: "10", ratio: "much", deep: "{", title: " " });
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect([...parsed.errors]).toEqual([
      ["title", "Fill this in"],
      ["text", "Fill this in"],
      ["count", "At most 9"],
      ["deep", expect.stringMatching(/^Not JSON/)],
      ["ratio", "Not a number"],
    ]);
    const whole = parseFields(fields(schema), { count: "1.5", title: "t", text: "t" });
    expect(whole).toMatchObject({ ok: false });
  });

  it("shows values as the control that takes them back", () => {
    const byName = new Map(fields(schema).map((field) => [field.name, field]));
    const shown = (name: string, value: never) => {
      const field = byName.get(name);
      return field && fieldText(field, value);
    };
    expect(shown("tags", ["a", "b"] as never)).toBe("a\nb");
    expect(shown("deep", { x: 1 } as never)).toBe('{"x":1}');
    expect(shown("text", undefined as never)).toBe("");
  });
});
