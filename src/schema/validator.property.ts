import { type Schema, Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { expect, it } from "vitest";
import { schemaValidator } from "./validator.ts";

/** Few names and values, so that schemas and data meet. */
const name = fc.constantFrom("a", "b", "ab", "~/%");
const small = fc.integer({ min: -1, max: 3 });
const text = fc.constantFrom("", "a", "ab", "bb", "😀", "2024-01-01");
const pattern = fc.constantFrom("a", "^a", "b$", "^[ab]+$", "^.{1,2}$", "a|b", "^(?:ab?)*$", "\\d");

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), small, fc.constantFrom(0.5, 1.5), text),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3 }),
  ),
}));

const type = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object");
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const schema = tie("schema");
  const schemas = fc.array(schema, { minLength: 1, maxLength: 2 });
  const keywords = {
    type: fc.oneof(type, fc.array(type, { minLength: 1, maxLength: 3 })),
    const: value,
    enum: fc.array(value, { minLength: 1, maxLength: 3 }),
    minimum: small,
    maximum: small,
    exclusiveMinimum: small,
    exclusiveMaximum: small,
    multipleOf: fc.constantFrom(1, 0.5, 2),
    minLength: small,
    maxLength: small,
    pattern,
    format: fc.constantFrom("date", "email", "nobody"),
    required: fc.array(name, { maxLength: 2 }),
    minProperties: small,
    maxProperties: small,
    properties: fc.dictionary(name, schema, { maxKeys: 2 }),
    patternProperties: fc.dictionary(pattern, schema, { maxKeys: 2 }),
    additionalProperties: schema,
    propertyNames: schema,
    dependentRequired: fc.dictionary(name, fc.array(name, { maxLength: 2 }), { maxKeys: 2 }),
    dependentSchemas: fc.dictionary(name, schema, { maxKeys: 2 }),
    prefixItems: schemas,
    items: schema,
    minItems: small,
    maxItems: small,
    uniqueItems: fc.boolean(),
    allOf: schemas,
    anyOf: schemas,
    oneOf: schemas,
    not: schema,
    if: schema,
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword
    then: schema,
    else: schema,
    $ref: fc.constantFrom("#/$defs/one", "#two"),
  };
  const some = fc
    .uniqueArray(fc.constantFrom(...Object.keys(keywords)), { minLength: 1, maxLength: 4 })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map((key) => [key, keywords[key as keyof typeof keywords]]))),
    );
  return { schema: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.boolean(), some) };
});
const whole = fc.tuple(schema, schema, schema).map(([one, two, root]) => ({
  $defs: { one: withoutReferences(one), two: { $anchor: "two", allOf: [withoutReferences(two)] } },
  allOf: [root],
}));

/** The other validator follows a reference to itself until its stack is full. */
function withoutReferences(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutReferences);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "$ref")
      .map(([key, member]) => [key, withoutReferences(member)]),
  );
}

it("decides as another validator does", async () => {
  await fc.assert(
    fc.asyncProperty(whole, fc.array(value, { minLength: 1, maxLength: 4 }), async (schema, values) => {
      const ours = await schemaValidator(schema);
      const theirs = new Validator(structuredClone(schema) as Schema, "2020-12", false);
      for (const value of values) {
        expect([value, ours.problems(value).length === 0]).toEqual([value, theirs.validate(value).valid]);
      }
    }),
  );
});
