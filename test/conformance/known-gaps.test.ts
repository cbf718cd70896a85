import { describe, expect, it } from "vitest";
import { applyGaps, type Judged, parseGaps } from "./known-gaps.ts";

const where = { environment: "node", waiting: "Y", isolation: "shared" };
const judged = (suite: string, id: string, status: "passed" | "failed" | "skipped"): Judged => ({
  suite,
  id,
  outcome: { status, ms: 1 },
});
const statuses = (all: readonly Judged[], yaml: string) =>
  applyGaps(all, parseGaps(yaml), where).map((one) => one.outcome.status);

describe("known gaps", () => {
  it("turns a listed failure into a skip with its reason, and leaves others alone", () => {
    const all = [judged("s", "a", "failed"), judged("s", "b", "failed"), judged("s", "c", "passed")];
    const yaml = "[{ id: a, environments: [node], reason: no processes }]";
    expect(statuses(all, yaml)).toEqual(["skipped", "failed", "passed"]);
    expect(applyGaps(all, parseGaps(yaml), where)[0]?.outcome.detail).toBe("known gap: no processes");
  });

  it("fails a listed case that passes", () => {
    const [one] = applyGaps(
      [judged("s", "a", "passed")],
      parseGaps("[{ id: a, environments: [all], reason: not yet }]"),
      where,
    );
    expect(one?.outcome).toMatchObject({ status: "failed", detail: expect.stringContaining("take the entry off") });
  });

  it("looks at environment, waiting and isolation", () => {
    const one = [judged("s", "a", "failed")];
    expect(statuses(one, "[{ id: a, environments: [chromium], reason: r }]")).toEqual(["failed"]);
    expect(statuses(one, "[{ id: a, environments: [node], waiting: J, reason: r }]")).toEqual(["failed"]);
    expect(statuses(one, "[{ id: a, environments: [node], isolation: skill, reason: r }]")).toEqual(["failed"]);
    expect(statuses(one, "[{ id: a, environments: [node], waiting: Y, isolation: shared, reason: r }]")).toEqual([
      "skipped",
    ]);
  });

  it("lets cases of a listed suite pass until all of them do", () => {
    const yaml = "[{ suite: s, environments: [all], reason: later }]";
    expect(statuses([judged("s", "a", "passed"), judged("s", "b", "failed")], yaml)).toEqual(["passed", "skipped"]);
    expect(statuses([judged("s", "a", "passed"), judged("s", "b", "passed")], yaml)).toEqual(["failed", "failed"]);
  });

  it("refuses entries without a name, environments or a reason", () => {
    for (const entry of [
      "{ environments: [node], reason: r }",
      "{ id: a, suite: s, environments: [node], reason: r }",
      "{ id: a, environments: [], reason: r }",
      "{ id: a, environments: [node], reason: '  ' }",
    ]) {
      expect(() => parseGaps(`[${entry}]`)).toThrow(/entry 1/);
    }
  });
});
