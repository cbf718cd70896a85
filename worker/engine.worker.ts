/** The script of the engine worker. Everything it does can be used without a worker, too: src/edge/browser.ts. */
import { browserEndpoint } from "../src/edge/browser.ts";
import { serveWorker } from "../src/edge/worker-host.ts";

serveWorker(browserEndpoint);
