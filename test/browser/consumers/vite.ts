import { readdirSync } from "node:fs";
import path from "node:path";
import { build, createServer } from "vite";
import { serve } from "../serve.ts";
import { html } from "./app.ts";
import type { Consumer } from "./consumer.ts";
import { mainModule, writeOwnWorker } from "./own-worker.ts";
import { forPages, linkPeers, subpathModule } from "./subpaths.ts";

const page = html('<script type="module" src="/main.js"></script>');

export const viteDev: Consumer = {
  name: "Vite dev server, no configuration",
  async start(app) {
    app.write("index.html", page);
    app.write("main.js", mainModule);
    writeOwnWorker(app);
    const server = await createServer({
      root: app.folder,
      configFile: false,
      logLevel: "error",
      server: { port: 0, host: "localhost" },
    });
    await server.listen();
    const url = server.resolvedUrls?.local[0];
    if (url === undefined) throw new Error("the Vite dev server has no URL");
    return { url, close: () => server.close() };
  },
};

export const viteBuild: Consumer = {
  name: "Vite build, no configuration",
  async start(app) {
    app.write("index.html", page);
    app.write("main.js", `import "./subpaths.js";\n${mainModule}`);
    app.write("subpaths.js", subpathModule(forPages));
    linkPeers(app);
    writeOwnWorker(app);
    await build({ root: app.folder, configFile: false, logLevel: "error" });
    const assets = readdirSync(path.join(app.folder, "dist", "assets"));
    if (!assets.some((file) => /^lua-.*\.wasm$/.test(file))) {
      throw new Error(`lua.wasm is not a file of its own in the build: ${assets.join(", ")}`);
    }
    const server = await serve({ folders: { "/": [path.join(app.folder, "dist")] } });
    return { url: `${server.origin}/index.html`, close: () => server.close() };
  },
};
