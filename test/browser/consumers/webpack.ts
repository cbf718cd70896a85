import path from "node:path";
import webpack from "webpack";
import { serve } from "../serve.ts";
import { html } from "./app.ts";
import type { Consumer } from "./consumer.ts";
import { mainModule, writeOwnWorker } from "./own-worker.ts";
import { forPages, linkPeers, subpathModule } from "./subpaths.ts";

export const webpackBuild: Consumer = {
  name: "webpack 5, entry and output only",
  async start(app) {
    app.write("index.html", html('<script defer src="/main.js"></script>'));
    app.write("src/main.js", `import "./subpaths.js";\n${mainModule}`);
    app.write("src/subpaths.js", subpathModule(forPages));
    linkPeers(app);
    writeOwnWorker(app, "src/");
    const output = path.join(app.folder, "build");
    await new Promise<void>((resolve, reject) => {
      const options = {
        mode: "production" as const,
        context: app.folder,
        entry: "./src/main.js",
        output: { path: output, filename: "main.js" },
      };
      webpack(options, (error, stats) => {
        // That a wasm file is big is no news, nor that files loaded later make chunks; every other warning would scare a user.
        const known = /SizeLimit|performance recommendations/;
        const warnings =
          stats?.compilation.warnings.filter(({ name, message }) => !known.test(`${name} ${message}`)) ?? [];
        if (error) reject(error);
        else if (stats?.hasErrors() || warnings.length > 0) reject(new Error(stats?.toString({ colors: false })));
        else resolve();
      });
    });
    const server = await serve({ folders: { "/": [output, app.folder] } });
    return { url: `${server.origin}/index.html`, close: () => server.close() };
  },
};
