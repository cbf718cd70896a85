// node scripts/run-ts.mjs test/edge/examples/main.ts [--only react]: every folder of examples/ with the packed tarball installed, built
// and run where it belongs. Last line `N passed, N failed`.
import { parseArgs } from "node:util";
import { type App, createApp, pack } from "../../browser/consumers/app.ts";
import { Tally } from "../../browser/tally.ts";
import { agentExamples } from "./agents.ts";
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

const { values } = parseArgs({ options: { only: { type: "string" } } });
const tally = new Tally();
const packed = pack();

async function timed(name: string, run: () => Promise<void>): Promise<void> {
  const started = Date.now();
  let detail: string | undefined;
  try {
    await run();
  } catch (error) {
    detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  tally.add(name, [{ name, outcome: detail === undefined ? "passed" : "failed", detail, ms: Date.now() - started }]);
}

const wanted = (name: string) => values.only === undefined || name === values.only;
try {
  for (const [name, run] of Object.entries(examples).filter(([each]) => wanted(each))) {
    const app = createApp(packed.tarball);
    await timed(name, async () => {
      copyExample(name, app);
      await run(app);
    });
    app.remove();
  }
  // These lie below one application: installing it takes longer than most of them.
  const app = createApp(packed.tarball);
  for (const [name, run] of Object.entries(agentExamples).filter(([each]) => wanted(each))) {
    await timed(name, () => run(app));
  }
  app.remove();
} finally {
  packed.remove();
}
tally.finish();
// Examples run in this process, too; what one of them leaves open must not keep whoever waits for the result.
process.exit();
