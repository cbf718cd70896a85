import path from "node:path";
import { serve } from "../serve.ts";
import { html, script } from "./app.ts";
import type { Consumer } from "./consumer.ts";
import { mainModule, writeOwnWorker } from "./own-worker.ts";
import { subpathModule, withoutPackages } from "./subpaths.ts";

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
    app.write("main.js", `import "/subpaths.js";\n${mainModule}`);
    const dist = "/node_modules/luaskills-wasm/dist";
    app.write(
      "subpaths.js",
      subpathModule(withoutPackages, (name) => `${dist}/${name}.js`),
    );
    writeOwnWorker(app, "", librariesAt(dist));
    const server = await serve({ folders: { "/": [app.folder] } });
    return { url: `${server.origin}/index.html`, close: () => server.close() };
  },
};

/** What a page of a Manifest V3 extension may do: scripts of its own files, WebAssembly, and nothing inline. */
export const extensionPage: Consumer = {
  name: "the Content-Security-Policy of an extension's pages (Manifest V3)",
  async start(app) {
    const dist = "/node_modules/luaskills-wasm/dist";
    app.write("index.html", html('<script type="module" src="/main.js"></script>'));
    app.write("main.js", `import { createRuntime } from "${dist}/index.js";\nimport "/subpaths.js";\n${script}`);
    app.write(
      "subpaths.js",
      subpathModule(withoutPackages, (name) => `${dist}/${name}.js`),
    );
    const server = await serve({
      folders: { "/": [app.folder] },
      handle(_request, response) {
        response.setHeader("content-security-policy", "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'");
        return false;
      },
    });
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
