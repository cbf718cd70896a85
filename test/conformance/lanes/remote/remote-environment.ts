import type { Environment } from "../environment.ts";
import type { LaneStart } from "../messages.ts";
import { type Connect, RemoteLane } from "./remote-lane.ts";

/** An environment all of whose lanes are ends of wires. */
export function remoteEnvironment(parts: {
  readonly lanes: number;
  readonly start: LaneStart;
  readonly connect: Connect;
  close(): Promise<void>;
}): Environment {
  let waiting = "unknown";
  const openLane = async () => {
    const lane = new RemoteLane(parts.connect);
    try {
      waiting = await lane.start(parts.start);
      return lane;
    } catch (thrown) {
      await lane.kill();
      throw thrown;
    }
  };
  return {
    lanes: parts.lanes,
    openLane,
    async surface() {
      const lane = await openLane();
      try {
        return await lane.surface();
      } finally {
        await lane.kill();
      }
    },
    waiting: () => waiting,
    close: () => parts.close(),
  };
}
