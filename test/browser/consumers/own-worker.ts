/** A host module in an engine of the application's own: in a worker of a page, in a thread of Node, in this thread. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { bundleWorker, compatibilityDate, workerModules } from "../../edge/workerd.ts";
import { type App, script, twoLines } from "./app.ts";

const moduleSource = (library: string) => `import { arg, defineModule, fn, t } from "${library}";
export const twice = defineModule({
  name: "twice",
  description: "Doubles",
  class: ["deterministic"],
  functions: { of: fn({ params: [arg.number("n")], returns: [t.number], run: (_call, n) => n * 2 }) },
});
`;

interface Libraries {
  readonly modules: string;
  readonly kit: string;
}

const byName: Libraries = { modules: "luaskills-wasm/modules", kit: "luaskills-wasm/worker-kit" };

/** Worker and module beside the page's script; a worker has no import map, so there they are named by address. */
export function writeOwnWorker(app: App, folder = "", libraries: Libraries = byName): void {
  app.write(`${folder}twice.js`, moduleSource(libraries.modules));
  app.write(
    `${folder}engine.worker.js`,
    `import { serveEngine } from "${libraries.kit}";\nimport { twice } from "./twice.js";\nserveEngine({ modules: [twice] });\n`,
  );
}

const useOwnWorker = `const own = await createRuntime({
  storage: { kind: "memory" },
  worker: () => new Worker(new URL("./engine.worker.js", import.meta.url), { type: "module" }),
  grants: { "*": ["twice"] },
});
const doubled = await own.runLua("return require('twice').of(21)");
await own.close();
if (doubled !== 42) throw new Error("the module in the page's own worker gave " + doubled);
`;

/** The page's script, with a worker of the page's own. */
export const mainModule = `${twoLines.split("\n")[0]}\n${script.replace("await later.close();\n", `await later.close();\n${useOwnWorker}`)}`;

const program = (options: string) => `import { createEdgeRuntime } from "luaskills-wasm/edge";
import { twice } from "./twice.js";
const runtime = await createEdgeRuntime({ ${options}, grants: { "*": ["twice"] } });
console.log(await runtime.runLua("return require('twice').of(21)"));
await runtime.close();
`;

function printed(command: string, args: readonly string[], app: App): void {
  const text = execFileSync(command, args, { cwd: app.folder, encoding: "utf8" }).trim();
  if (text !== "42") throw new Error(`the program printed ${text}`);
}

export const inNode = (app: App): void => {
  writeOwnWorker(app);
  app.write("inline.js", program("modules: [twice]"));
  printed(process.execPath, ["inline.js"], app);
};

/** The bridge is a library, too: it stands on the package ws, which stays outside of a bundle. */
export const bridgeInNode = (app: App): void => {
  app.write(
    "bridge.js",
    `import { BridgeServer, bridgeConfigSchema } from "luaskills-wasm/bridge";
const server = await BridgeServer.start({ port: 0 });
// Whoever is no page that may pair gets nothing.
const { status } = await fetch(server.url);
await server.close();
await server.close();
console.log(bridgeConfigSchema.type === "object" && status >= 400 ? 42 : "the bridge answered " + status);
`,
  );
  printed(process.execPath, ["bridge.js"], app);
};

export const inThread = (app: App): void => {
  writeOwnWorker(app);
  app.write("thread.js", program('thread: new URL("./engine.worker.js", import.meta.url)'));
  printed(process.execPath, ["thread.js"], app);
};

export const inDeno = (app: App): void => {
  writeOwnWorker(app);
  app.write("inline.js", program("modules: [twice]"));
  const deno = path.resolve("node_modules/.bin/deno");
  printed(deno, ["run", "--quiet", "--node-modules-dir=manual", "--allow-all", "inline.js"], app);
};

export async function inWorkerd(app: App): Promise<void> {
  writeOwnWorker(app);
  app.write(
    "worker.js",
    `import { createEdgeRuntime } from "luaskills-wasm/cloudflare";
import { twice } from "./twice.js";
export default {
  async fetch() {
    const runtime = await createEdgeRuntime({ modules: [twice], grants: { "*": ["twice"] } });
    return new Response(String(await runtime.runLua("return require('twice').of(21)")));
  },
};
`,
  );
  const { Miniflare } = await import("miniflare");
  const worker = new Miniflare({
    modules: await workerModules(await bundleWorker(path.join(app.folder, "worker.js"))),
    compatibilityDate,
  });
  try {
    const text = await (await worker.dispatchFetch("http://localhost/")).text();
    if (text !== "42") throw new Error(`the Worker answered ${text}`);
  } finally {
    await worker.dispose();
  }
}
