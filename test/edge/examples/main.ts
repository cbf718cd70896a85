// node scripts/run-ts.mjs test/edge/examples/main.ts: every folder of examples/ with the packed tarball installed, built
// and run where it belongs. Last line `N passed, N failed`.
import { type App, createApp, pack } from "../../browser/consumers/app.ts";
import { Tally } from "../../browser/tally.ts";
import { cloudflare } from "./cloudflare.ts";
import { copyExample } from "./copy-example.ts";
import { deno } from "./deno.ts";
import { bun, node } from "./node.ts";
import { viteAgent } from "./vite-agent.ts";

const examples: Readonly<Record<string, (app: App) => Promise<void>>> = {
  cloudflare,
  deno,
  node,
  bun,
  "vite-agent": viteAgent,
};

const tally = new Tally();
const packed = pack();
try {
  for (const [name, run] of Object.entries(examples)) {
    const started = Date.now();
    const app = createApp(packed.tarball);
    let detail: string | undefined;
    try {
      copyExample(name, app);
      await run(app);
    } catch (error) {
      detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    } finally {
      app.remove();
    }
    tally.add(name, [{ name, outcome: detail === undefined ? "passed" : "failed", detail, ms: Date.now() - started }]);
  }
} finally {
  packed.remove();
}
tally.finish();
