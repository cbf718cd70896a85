import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { decision, fetchAnswer, programAnswer } from "./callback-answers.ts";

describe("what a fetch callback answered", () => {
  const body = new Uint8Array([104, 105]);
  const answers: readonly [string, unknown][] = [
    ["data", { status: 200, headers: { "X-A": "b" }, body }],
    ["a Response", new Response("hi", { headers: { "x-a": "b" } })],
    ["data of a Response of another kind", { status: 200, headers: new Headers({ "x-a": "b" }), body: body.buffer }],
    ["text", { status: 200, headers: { "x-a": "b" }, body: "hi" }],
    [
      "bytes of another realm",
      { status: 200, headers: { "x-a": "b" }, body: runInNewContext("new Uint8Array([104, 105]).buffer") },
    ],
    ["a DataView", { status: 200, headers: { "x-a": "b" }, body: new DataView(body.buffer) }],
  ];
  it.each(answers)("%s", async (_, answer) => {
    const { status, headers, body: bytes, url } = await fetchAnswer(answer);
    expect([status, headers["x-a"] ?? headers["X-A"], new TextDecoder().decode(bytes), url]).toEqual([
      200,
      "b",
      "hi",
      undefined,
    ]);
  });

  it("keeps a header that came twice", async () => {
    const headers = new Headers({ "x-a": "1" });
    for (const cookie of ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"]) headers.append("set-cookie", cookie);
    const answer = await fetchAnswer({ status: 200, headers, body });
    expect(answer.headers).toEqual({ "x-a": "1", "set-cookie": "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2" });
  });

  const misfits: readonly [unknown, string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [5, "5 (number)"],
    ["text", '"text"'],
    [() => 1, "a function"],
    [{}, "status: undefined"],
    [[], "status: undefined"],
    [{ status: "200", headers: {}, body }, 'status: "200"'],
    [{ status: 200.5, headers: {}, body }, "status: 200.5 (number)"],
    [{ status: 200, body }, "headers: undefined"],
    [{ status: 200, headers: null, body }, "headers: null"],
    [{ status: 200, headers: "a: b", body }, 'headers: "a: b"'],
    [{ status: 200, headers: [], body }, "headers: an array"],
    [{ status: 200, headers: {} }, "body: undefined"],
    [{ status: 200, headers: {}, body: { a: 1 } }, "body: an object with a"],
    [{ status: 200, headers: {}, body: new Map() }, "body: a Map"],
    [{ status: 200, headers: {}, body: Object.create(null, { a: { enumerable: true } }) }, "body: an object with a"],
    [{ status: 200, headers: {}, body: Object.create(Object.create(null)) }, "body: an object with no members"],
    [
      { status: 200, headers: {}, body: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 } },
      "body: an object with a, b, c, d, e, f",
    ],
    ["x".repeat(40), `"${"x".repeat(40)}"`],
    ["x".repeat(41), `"${"x".repeat(40)}…"`],
  ];
  it.each(misfits)("%o is refused", async (answer, got) => {
    await expect(fetchAnswer(answer)).rejects.toMatchObject({
      code: "invalid_result",
      message: `the fetch callback answered ${got}; expected a Response, or { status: number, headers: object, body: Uint8Array, url?: string }`,
    });
  });
});

it("what runProgram answered", () => {
  const good = { code: 0, stdout: "x", stderr: new Uint8Array(1) };
  expect(programAnswer(good)).toBe(good);
  expect(programAnswer({ code: null })).toEqual({ code: null });
  const text = (answer: unknown) => {
    try {
      return programAnswer(answer);
    } catch (error) {
      return error instanceof Error ? error.message.split(";")[0] : error;
    }
  };
  expect([undefined, null, {}, { code: "0" }, { code: 0, stdout: 5 }].map(text)).toEqual([
    "the runProgram callback answered undefined",
    "the runProgram callback answered null",
    "the runProgram callback answered code: undefined",
    'the runProgram callback answered code: "0"',
    "the runProgram callback answered stdout: 5 (number)",
  ]);
});

it("what decide answered", () => {
  expect(["once", "always", "deny"].map(decision)).toEqual(["once", "always", "deny"]);
  expect(() => decision(true)).toThrow(
    'the decide callback answered true (boolean); expected "once", "always" or "deny"',
  );
  expect(() => decision(undefined)).toThrow("answered undefined");
});
