import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { parseBody } from "../server/body.ts";
import { readError, readLine, readStart } from "./validate.ts";

const json = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.string({ maxLength: 50 }),
  fc
    .record({
      type: fc.constantFrom("message", "outcome", "event", "end", "x", 1, null),
      message: fc.oneof(
        fc.jsonValue(),
        fc.record({
          type: fc.constantFrom("callback", "event", 5),
          id: fc.jsonValue(),
          name: fc.jsonValue(),
          request: fc.jsonValue(),
        }),
      ),
      outcome: fc.oneof(
        fc.jsonValue(),
        fc.record({ ok: fc.jsonValue(), error: fc.jsonValue(), value: fc.jsonValue() }),
      ),
      capabilities: fc.jsonValue(),
      snapshot: fc.oneof(fc.jsonValue(), fc.record({ entries: fc.jsonValue(), problems: fc.jsonValue() })),
    })
    .map((value) => JSON.stringify(value)),
);

/** Reads, or refuses with one of our errors. */
function only(codes: readonly string[], read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof LuaSkillsError)) throw error;
    expect(codes).toContain(error.code);
  }
}

describe("what the other side of a connection says", () => {
  it("is read, or refused as a fault of the protocol", () => {
    fc.assert(
      fc.property(json, (text) => {
        only(["protocol_error"], () => readStart(text));
        only(["protocol_error"], () => readLine(text));
      }),
    );
  });

  it("is an error with a code and a text, or no error at all", () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 3 }), (value) => {
        only(["protocol_error"], () => {
          const error = readError(value);
          expect([typeof error.code, typeof error.message]).toEqual(["string", "string"]);
        });
      }),
    );
  });

  it("is read as a body within its limits, or refused", () => {
    fc.assert(
      fc.property(json, fc.nat({ max: 40 }), (text, values) => {
        only(["invalid_argument", "output_exceeded", "protocol_error"], () => parseBody(text, values));
      }),
    );
  });
});
