import fc from "fast-check";
import { expect, it } from "vitest";
import { replyFrame, replyOf, requestFrame, requestOf } from "./frames.ts";
import type { EngineRequest } from "./ops.ts";
import type { Outcome } from "./outcome.ts";

const text = fc.string({ unit: "binary", maxLength: 20 });
const milliseconds = fc.double({ noNaN: true, noDefaultInfinity: true });
const data = fc.jsonValue({ maxDepth: 3 });

it("a call crosses as it was, whatever its arguments are", () => {
  const call = fc.record(
    { op: fc.constant("call" as const), name: text, args: fc.dictionary(text, data), timeoutMs: fc.nat() },
    { requiredKeys: ["op", "name", "args"] },
  );
  fc.assert(
    fc.property(fc.nat(), call, (id, request) => {
      const frame = structuredClone(requestFrame(id, request as EngineRequest));
      expect([frame[0], requestOf(frame)]).toEqual([id, structuredClone(request)]);
    }),
  );
});

it("a result crosses as it was, whatever it says", () => {
  const result = fc.record({
    content: text,
    overflowMode: fc.constantFrom(null, "Page", "Truncate"),
    templateHint: fc.option(text),
    contentBytes: fc.nat(),
    contentLines: fc.nat(),
    usage: fc
      .record(
        {
          ms: milliseconds,
          runMs: milliseconds,
          instructions: fc.nat(),
          peakBytes: fc.nat(),
          bytesWritten: fc.nat(),
          sqlRows: fc.nat(),
        },
        { noNullPrototype: true },
      )
      // What a call did not run it waited.
      .map((usage) => ({ ...usage, waitMs: usage.ms - usage.runMs })),
  });
  fc.assert(
    fc.property(fc.nat(), result, (id, value) => {
      const outcome = { ok: true, value } as unknown as Outcome;
      const frame = structuredClone(replyFrame(id, "call", outcome));
      expect([frame[0], replyOf(frame)]).toEqual([id, outcome]);
    }),
  );
});
