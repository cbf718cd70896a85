import { describe, expect, it } from "vitest";
import type { Suite } from "./case-format.ts";
import { type RunRecord, renderPage } from "./compatibility.ts";

const testCase = (id: string, run_lua: string) => ({ id, requires: [], setup: {}, steps: [{ run_lua }] });
const suite: Suite = {
  file: "demo",
  title: "demo",
  cases: [
    testCase("reads", "return vulcan.fs.read('x')"),
    testCase("reads-by-alias", "local fs = vulcan.fs return fs.read('x')"),
    testCase("writes", "vulcan.fs.write('x', 'y')"),
  ],
};
const record = (more: Partial<RunRecord>): RunRecord => ({
  environment: "node",
  waiting: "Y",
  isolation: "shared",
  functions: ["vulcan.fs.read", "vulcan.fs.write", "vulcan.path.join"],
  suites: { demo: { passed: 3, total: 3 } },
  open: [],
  ...more,
});
const row = (page: string, head: string) => page.split("\n").find((line) => line.startsWith(`| ${head} |`));

describe("renderPage", () => {
  it("tells yes, partly, open, there and no apart, with numbered reasons", () => {
    const chromium = record({
      environment: "chromium",
      waiting: "J",
      isolation: "skill",
      functions: ["vulcan.fs.read", "vulcan.fs.write"],
      suites: { demo: { passed: 1, total: 3 } },
      open: [
        { suite: "demo", id: "reads-by-alias", reason: "slow" },
        { suite: "demo", id: "writes", reason: "read-only" },
      ],
    });
    const page = renderPage([record({}), chromium], [suite]);
    expect(row(page, "demo")).toBe("| demo | 3 / 3 | 1 / 3 [1, 2] |");
    expect(row(page, "`vulcan.fs.read`")).toBe("| `vulcan.fs.read` | yes | partly [1] |");
    expect(row(page, "`vulcan.fs.write`")).toBe("| `vulcan.fs.write` | yes | open [2] |");
    expect(row(page, "`vulcan.path.join`")).toBe("| `vulcan.path.join` | there | no |");
    expect(page).toContain("| suite | node Y | chromium J skill |");
    expect(page).toContain("1. slow\n2. read-only");
  });

  it("judges modules by the cases that grant or require them", () => {
    const modules: Suite = {
      file: "modules",
      title: "modules",
      cases: [
        { ...testCase("granted", "return json.encode(1)"), setup: { host: { modules: { grant: ["json"] } } } },
        testCase("required", "return require('cjson.safe').decode('1')"),
      ],
    };
    const open = [{ suite: "modules", id: "required", reason: "slow" }];
    const run = record({ suites: { modules: { passed: 1, total: 2 } }, open });
    const names = ["cjson", "cjson.safe", "json", "zlib"];
    const page = renderPage([run, record({ environment: "deno" })], [modules], names);
    const cells = names.map((name) => row(page, `\`${name}\``)?.split(" | ").slice(1).join(" "));
    expect(cells).toEqual(["there there |", "open [1] not run |", "yes not run |", "there there |"]);
  });
});
