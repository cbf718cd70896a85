import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const root = path.dirname(fileURLToPath(import.meta.url));

/** The playground uses the built package, as any page would; on a fresh clone it is built first. */
const builtPackage: Plugin = {
  name: "built-package",
  config() {
    if (existsSync(path.join(root, "dist/index.js"))) return;
    const { status } = spawnSync("npm", ["run", "build"], { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new Error("npm run build failed; the playground needs dist/");
  },
};

/** The playground: `npx vite` serves it while you work on it, `npx vite build` makes it. */
export default defineConfig({
  root: path.join(root, "demo"),
  base: "./",
  publicDir: path.join(root, "public"),
  cacheDir: path.join(root, ".cache/vite"),
  plugins: [builtPackage],
  resolve: {
    alias: [
      { find: /^luaskills-wasm$/, replacement: path.join(root, "dist/index.js") },
      { find: /^luaskills-wasm\/genx$/, replacement: path.join(root, "dist/genx.js") },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { fs: { allow: [root] } },
  build: {
    outDir: path.join(root, ".cache/playground"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: true,
    rollupOptions: { input: ["index.html", "agent.html"].map((page) => path.join(root, "demo", page)) },
  },
  worker: { format: "es" },
});
