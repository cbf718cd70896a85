/**
 * Runs in the page: opens and ends lanes (dedicated workers) when the driver asks through `window.conformance`.
 * @module
 */
const workers = new Map<number, Worker>();

function report(lane: number, text: string): void {
  void fetch(`/lane/${lane}/failed`, { method: "POST", body: text });
}

const conformance = {
  openLane(lane: number): true {
    const worker = new Worker(new URL(`/page-worker.js?lane=${lane}`, location.href), { type: "module" });
    worker.addEventListener("error", (event) =>
      report(
        lane,
        `the worker failed: ${event.message || "it could not be loaded"} (${event.filename}:${event.lineno})`,
      ),
    );
    // Only a rejected lane loop posts a message.
    worker.addEventListener("message", (event) => report(lane, String(event.data)));
    workers.set(lane, worker);
    return true;
  },
  endLane(lane: number): true {
    workers.get(lane)?.terminate();
    workers.delete(lane);
    return true;
  },
};
Object.assign(window, { conformance });
