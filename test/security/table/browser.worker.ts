/** Runs in a worker of a page, the engine in the same thread: its clock is the one lateness is measured by. */
import { createRuntime } from "../../../src/platforms/page/inline.ts";
import { type MeasureOptions, measure } from "./measure.ts";

addEventListener("message", async ({ data }: MessageEvent<MeasureOptions>) => {
  try {
    const open = (options: object) => createRuntime({ storage: "memory", ...options });
    const host = { open, now: () => performance.now(), isWallClock: true };
    postMessage({ measured: await measure(host, data, (at) => postMessage({ at })) });
  } catch (error) {
    postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
