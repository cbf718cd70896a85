/** The engine in an object of a Worker, asked over HTTP. The clock of an isolate stands still: runs have a budget, as they have there. */
import { Miniflare } from "miniflare";
import { connectRuntime } from "../../../src/http/client/connect-runtime.ts";
import { workerdCpuMs } from "../../edge/load/workerd-process.ts";
import { bundleWorker, compatibilityDate, workerModules } from "../../edge/workerd.ts";
import { type Measured, type MeasureOptions, measure, type TableHost } from "./measure.ts";

export const clock = "processor time of the process, beyond a plain loop of the same budget; in steps of 10 ms";

export async function measureInWorkerd(options: MeasureOptions): Promise<Measured[]> {
  const modules = await workerModules(await bundleWorker("test/security/table/workerd-entry.ts"));
  let worker: Miniflare | undefined;
  const open: TableHost["open"] = async ({ limits }) => {
    await worker?.dispose();
    const started = new Miniflare({
      modules,
      compatibilityDate,
      bindings: { LIMITS: limits },
      durableObjects: { WORLD: { className: "World", useSQLite: true } },
    });
    worker = started;
    const fetch = async (url: string, init: RequestInit) =>
      (await started.dispatchFetch(url, init as never)) as unknown as Response;
    return connectRuntime("http://attacks.test", { fetch, limits: { handshakeMs: 120_000 } });
  };
  try {
    return await measure({ open, now: workerdCpuMs, isWallClock: false, countsBudget: true }, options);
  } finally {
    await worker?.dispose();
  }
}
