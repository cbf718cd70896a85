import { expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

test("lays out nested values, leaving empty ones on one line", () => {
  expect(prettyJson('{"a":1,"list":[1,{"b":2},[]],"o":{}}')).toBe(
    '{\n  "a": 1,\n  "list": [\n    1,\n    {\n      "b": 2\n    },\n    []\n  ],\n  "o": {}\n}',
  );
});

test("leaves strings, big integers and key order alone", () => {
  const text = '{"b":"a,b:{\\"x\\\\\\"}","1":9223372036854775807,"z":"\\\\"}';
  expect(prettyJson(text)).toBe('{\n  "b": "a,b:{\\"x\\\\\\"}",\n  "1": 9223372036854775807,\n  "z": "\\\\"\n}');
});

test("scalars stay as they are", () => {
  for (const text of ["null", "-0.0", '"a b"', "1e300"]) expect(prettyJson(text)).toBe(text);
});
