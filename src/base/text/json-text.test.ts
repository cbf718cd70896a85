import { expect, test } from "vitest";
import { skill, testEngine } from "../../testing/test-engine.ts";
import { parseJson } from "./json-text.ts";

const mark = "\ufeff";

test("a byte order mark in front of JSON is no fault, anywhere else it is", () => {
  expect(parseJson(`${mark}{"who":"x"}`)).toEqual({ who: "x" });
  expect(() => parseJson(`${mark}${mark}1`)).toThrow(SyntaxError);
  expect(() => parseJson(`[${mark}1]`)).toThrow(SyntaxError);
});

test("files that people write may begin with one: a schema, the configuration, a request", async () => {
  const files = skill("s", { run: "return function() return vulcan.config.get('k') end" });
  files["skills/s/skill.yaml"] = (files["skills/s/skill.yaml"] ?? "").replace(
    "name: run,",
    "name: run, input_schema_file: schemas/run.json,",
  );
  files["skills/s/schemas/run.json"] = `${mark}{"type":"object","properties":{"a":{"type":"string"}}}`;
  files["config/skill_config.json"] = `${mark}{"skills":{"s":{"k":"v"}}}`;
  const { engine, call } = await testEngine({ files });
  expect(engine.snapshot().problems).toEqual([]);
  expect(await call("s-run")).toBe("v");
  expect(
    await engine.request({ op: "luaexec", request: `${mark}{"task":"t","code":"return 'done'"}` as never }),
  ).toContain("done");
});
