import fc from "fast-check";
import { expect, it } from "vitest";
import type { SupervisedRuntime } from "../../client/supervise.ts";
import { checkRequest } from "../../engine/request-shapes.ts";
import { LuaSkillsError } from "../../errors.ts";
import { resolveLimits } from "../../limits.ts";
import type { EngineRequest, Op } from "../../wire/ops.ts";
import { createHttpHandler } from "./handler.ts";
import { httpPaths } from "./openapi.ts";
import { roleOfOp } from "./roles.ts";

const ops = Object.keys(roleOfOp) as Op[];
const scalar = fc.oneof(
  fc.constantFrom(null, true, -1, Number.MAX_VALUE, "", "/runtime/a", "notes", "\0"),
  fc.jsonValue({ maxDepth: 2 }),
);
const members = [
  "name",
  "args",
  "timeoutMs",
  "context",
  "path",
  "source",
  "skillId",
  "request",
  "params",
  "method",
  "id",
  "job",
];
const request = fc
  .tuple(
    fc.oneof(fc.constantFrom(...ops), fc.string({ maxLength: 6 })),
    fc.dictionary(fc.constantFrom(...members), scalar),
  )
  .map(([op, rest]) => ({ ...rest, op }));

it("a request of any shape is taken, or refused by the member that is wrong", () => {
  fc.assert(
    fc.property(request, (given) => {
      try {
        checkRequest(given as unknown as EngineRequest);
      } catch (error) {
        if (!(error instanceof LuaSkillsError)) throw error;
        expect(error.code).toBe("invalid_argument");
      }
    }),
  );
});

it("a body of any shape has an answer, and what gets through asks for no more time than there is", async () => {
  const asked: EngineRequest[] = [];
  const supervised = {
    runtime: { list: () => [], problems: () => [] },
    transport: {
      request: async (each: EngineRequest) => {
        asked.push(each);
        return null;
      },
      snapshot: () => ({ entries: [], problems: [] }),
      capabilities: {},
    },
    limits: resolveLimits({ callTimeoutMs: 500 }),
  } as unknown as SupervisedRuntime;
  const handler = createHttpHandler(supervised, { authorize: () => "manage" });
  const path = fc.constantFrom(
    httpPaths.call,
    httpPaths.stream,
    httpPaths.request,
    "/v1/json/call_skill",
    "/v1/json/%2e%2e",
  );
  const body = fc.oneof(
    request.map((each) => JSON.stringify(each)),
    fc.json({ maxDepth: 3 }),
    fc.string({ maxLength: 30 }),
    fc.constantFrom('{"$number":"1e999999"}', `{"$number":"${"9".repeat(500)}n"}`, "[".repeat(5000)),
  );
  await fc.assert(
    fc.asyncProperty(path, body, async (at, content) => {
      asked.length = 0;
      const headers = { "content-type": "application/json" };
      const answer = await handler(new Request(`http://x.test${at}`, { method: "POST", headers, body: content }));
      expect([200, 400, 403, 404, 413, 415, 422]).toContain(answer.status);
      await answer.text();
      for (const each of asked) {
        if (each.op !== "call" && each.op !== "runLua" && each.op !== "shell" && each.op !== "help") continue;
        const { timeoutMs } = each;
        if (typeof timeoutMs === "number") expect(timeoutMs).toBeLessThanOrEqual(500);
      }
    }),
  );
});
