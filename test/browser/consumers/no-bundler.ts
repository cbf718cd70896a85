import path from "node:path";
import { serve } from "../serve.ts";
import { html } from "./app.ts";
import type { Consumer } from "./consumer.ts";
import { mainModule, writeOwnWorker } from "./own-worker.ts";

const librariesAt = (folder: string) => ({ modules: `${folder}/modules.js`, kit: `${folder}/worker.js` });

const withImportMap = (library: string) =>
  html(
    `<script type="importmap">${JSON.stringify({ imports: { "luaskills-wasm": library } })}</script>` +
      '<script type="module" src="/main.js"></script>',
  );

export const importMap: Consumer = {
  name: "no bundler, import map",
  async start(app) {
    app.write("index.html", withImportMap("/node_modules/luaskills-wasm/dist/index.js"));
    app.write("main.js", mainModule);
    writeOwnWorker(app, "", librariesAt("/node_modules/luaskills-wasm/dist"));
    const server = await serve({ folders: { "/": [app.folder] } });
    return { url: `${server.origin}/index.html`, close: () => server.close() };
  },
};

export const otherOrigin: Consumer = {
  name: "no bundler, library on another origin",
  async start(app) {
    const library = await serve({
      cors: true,
      folders: { "/": [path.join(app.folder, "node_modules/luaskills-wasm/dist")] },
    });
    app.write("index.html", withImportMap(`${library.origin}/index.js`));
    app.write("main.js", mainModule);
    writeOwnWorker(app, "", librariesAt(library.origin));
    const page = await serve({ folders: { "/": [app.folder] } });
    return {
      url: `${page.origin}/index.html`,
      async close() {
        await page.close();
        await library.close();
      },
    };
  },
};
