import { describe, expect, it } from "vitest";
import { parseSuite } from "./parse-suite.ts";

const text = `
suite: demo
requires: [sqlite]
defaults:
  options: { a: 1, b: { deep: 1 } }
  files: { x: "default", y: "default" }
  host: { env: { A: "1" }, now_ms: 5 }
cases:
  - id: one
    steps: [{ run_lua: return 1, expect: { value: 1 } }]
  - id: two
    requires: [jieba]
    setup:
      options: { b: { other: 2 } }
      files: { y: own }
      host: { env: { B: "2" } }
      load: false
    steps: []
`;

describe("parseSuite", () => {
  it("merges defaults: files by path, options and host by key and not deeper", () => {
    const [one, two] = parseSuite("demo", text).cases;
    expect(one?.setup).toMatchObject({ options: { a: 1, b: { deep: 1 } }, files: { x: "default", y: "default" } });
    expect(one?.setup.load).toBeUndefined();
    expect(two?.setup).toMatchObject({ files: { x: "default", y: "own" }, load: false });
    expect(two?.setup.options).toEqual({ a: 1, b: { other: 2 } });
    expect(two?.setup.host).toEqual({ env: { B: "2" }, now_ms: 5 });
    expect(two?.requires).toEqual(["sqlite", "jieba"]);
  });

  it("refuses files that are not suites and ids used twice", () => {
    expect(() => parseSuite("x", "a: [1")).toThrow(/^x: /);
    expect(() => parseSuite("x", "a: 1")).toThrow(/x: not a suite/);
    expect(() => parseSuite("x", "suite: s\ncases: [{ id: a }, { id: a }]")).toThrow(/case 2 needs an id of its own/);
    expect(() => parseSuite("x", "suite: s\ncases: [{ steps: [] }]")).toThrow(
      /case 1 needs an id of its own, got none/,
    );
  });

  it("keeps YAML 1.2 scalars: no, on and dates stay text", () => {
    const suite = parseSuite(
      "x",
      "suite: s\ncases: [{ id: a, steps: [{ call: no, args: { d: 2020-01-01, o: on } }] }]",
    );
    expect(suite.cases[0]?.steps[0]).toEqual({ call: "no", args: { d: "2020-01-01", o: "on" } });
  });
});
