/** The script of the engine worker. Everything it does can be used without a worker, too: src/platforms/page/worker-engine.ts. */
import { browserEngine } from "../src/platforms/page/worker-engine.ts";
import { serveWorker } from "../src/wire/serve-worker.ts";

serveWorker(browserEngine);
