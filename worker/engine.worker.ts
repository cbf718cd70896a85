/** The script of the engine worker. Everything it does can be used without a worker, too: src/platforms/page/worker-engine.ts. */
import { browserEndpoint } from "../src/platforms/page/worker-engine.ts";
import { serveWorker } from "../src/platforms/serve-worker.ts";

serveWorker(browserEndpoint);
