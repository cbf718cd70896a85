import type { ConformancePlatform } from "../../platform.ts";
import type { FromLane, LaneStart, ToLane } from "../messages.ts";
import { serveCases } from "../serve.ts";

/**
 * The inner end of a lane that fetches its messages (see lane-server.ts). Resolves when the server has closed the lane.
 * @param url of the lane, e.g. `http://localhost:1234/lane/1`
 */
export async function fetchCases(url: string, boot: (start: LaneStart) => Promise<ConformancePlatform>): Promise<void> {
  let answer: FromLane | undefined;
  const handle = serveCases(boot, (message) => {
    answer = message;
  });
  for (;;) {
    const response = await fetch(url, { method: "POST", body: answer === undefined ? "" : JSON.stringify(answer) });
    if (response.status === 410) return;
    await handle((await response.json()) as ToLane);
  }
}
