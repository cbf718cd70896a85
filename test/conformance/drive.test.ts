import { describe, expect, it } from "vitest";
import type { Case } from "./case-format.ts";
import { drive, type Lane } from "./drive.ts";
import type { Outcome } from "./executor.ts";

const job = (id: string) => ({ case: { id, requires: [], setup: {}, steps: [] } satisfies Case });

function lanes() {
  const log: string[] = [];
  let opened = 0;
  const open = async (): Promise<Lane> => {
    const name = `lane${++opened}`;
    log.push(`open ${name}`);
    return {
      run: async ({ id }) => {
        if (id === "hang") await new Promise(() => {});
        if (id === "crash") throw new Error("worker died");
        return { status: "passed", ms: 1 };
      },
      kill: async () => void log.push(`kill ${name}`),
    };
  };
  return { log, open };
}

describe("drive", () => {
  it("fails a hung case by its limit and goes on in a new lane", async () => {
    const { log, open } = lanes();
    const outcomes = new Map<string, Outcome>();
    const jobs = [job("a"), job("hang"), job("b"), job("crash"), job("c")];
    await drive(jobs, open, { limitMs: 50, lanes: 1 }, (j, outcome) => outcomes.set(j.case.id, outcome));
    expect([...outcomes].map(([id, o]) => `${id} ${o.status}`)).toEqual([
      "a passed",
      "hang failed",
      "b passed",
      "crash failed",
      "c passed",
    ]);
    expect(outcomes.get("hang")?.detail).toBe("hung: no end within 50 ms");
    expect(outcomes.get("crash")?.detail).toMatch(/the lane broke: .*worker died/);
    expect(log).toEqual(["open lane1", "kill lane1", "open lane2", "kill lane2", "open lane3", "kill lane3"]);
  });

  it("opens no more lanes than there are cases", async () => {
    const { log, open } = lanes();
    await drive([job("a")], open, { limitMs: 50, lanes: 4 }, () => {});
    expect(log).toEqual(["open lane1", "kill lane1"]);
  });
});
