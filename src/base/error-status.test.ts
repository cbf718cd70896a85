import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errorCodes } from "../errors.ts";
import { errorStatus, exitCodes } from "./error-status.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");

it.each(errorCodes)("docs/limits-and-errors.md says what %s is over HTTP and on the command line", (code) => {
  const row = page("limits-and-errors")
    .split("\n")
    .find((line) => line.startsWith(`| \`${code}\` |`));
  const [, , , http, exit] = (row ?? "").split("|").map((cell) => cell.trim());
  expect([http, exit]).toEqual([String(errorStatus[code].http), String(errorStatus[code].exit)]);
});

it("what a caller or a skill did is never a fault of the server, nor a bug of ours", () => {
  const ours = errorCodes.filter((code) => errorStatus[code].http === 500);
  expect(ours).toEqual(["internal", "storage_corrupt", "storage_error", "wasm_unavailable"]);
  const bugs = errorCodes.filter((code) => errorStatus[code].exit === exitCodes.internal);
  expect(bugs).toEqual(["internal"]);
});

it.each(Object.values(exitCodes))("docs/command-line.md explains the exit code %i", (code) => {
  expect(page("command-line")).toMatch(new RegExp(`^\\| ${code} \\| \\S`, "m"));
});
