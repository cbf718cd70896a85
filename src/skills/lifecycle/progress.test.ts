import { expect, it } from "vitest";
import type { ProgressEvent } from "../../contract/contract.ts";
import { Progress } from "./progress.ts";

function events(work: (progress: Progress) => void, skillId = "demo"): ProgressEvent[] {
  const seen: ProgressEvent[] = [];
  const subject = { plane: "Skills", action: "Install", skillId, rootName: "USER", startedAt: 1_700.9 } as const;
  work(new Progress((event) => void seen.push(event), subject));
  return seen;
}
const source = { type: "github", locator: "acme/demo" };

it.each([
  [0, 200, 0],
  [50, 200, 25],
  [200, 200, 100],
  // A server that sent more than it said.
  [300, 200, 100],
  // Nothing can be told of a size that is not known, or of nothing.
  [50, null, null],
  [0, 0, null],
])("%j of %j bytes are %j percent", (done, total, percent) => {
  const [event] = events((progress) => progress.downloading(done, total, source));
  expect(event).toMatchObject({ bytes_done: done, bytes_total: total, percent, phase: "downloading_archive" });
});

it("a phase has no bytes, and no source unless it has one", () => {
  expect(
    events((progress) => {
      progress.phase("a", "started", "text");
      progress.phase("b", "completed", null, source);
    }, "no.id"),
  ).toMatchObject([
    { sequence: 1, operation_id: "skill-install-no_id-1700", source_type: null, source_locator: null, percent: null },
    { sequence: 2, source_type: "github", source_locator: "acme/demo", bytes_done: null, message: null },
  ]);
});
