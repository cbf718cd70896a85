import { runCase } from "../executor.ts";
import type { ConformancePlatform } from "../platform.ts";
import { listSurface } from "../surface.ts";
import type { FromLane, LaneStart, ToLane } from "./messages.ts";

/** The inner end of a lane: boots once, then runs the cases it is sent, one at a time. */
export function serveCases(
  boot: (start: LaneStart) => Promise<ConformancePlatform>,
  send: (message: FromLane) => void,
): (message: ToLane) => Promise<void> {
  let platform: ConformancePlatform | undefined;
  let isolation: LaneStart["isolation"] = "shared";
  return async (message) => {
    try {
      if (message.type === "start") {
        platform = await boot(message.start);
        isolation = message.start.isolation;
        send({ type: "ready", waiting: platform.lua.waiting });
      } else if (!platform) {
        send({ type: "broken", message: `${message.type} came before the start` });
      } else if (message.type === "surface") {
        send({ type: "surface", functions: await listSurface(platform) });
      } else {
        send({ type: "outcome", outcome: await runCase(platform, message.case, isolation) });
      }
    } catch (thrown) {
      send({ type: "broken", message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
    }
  };
}
