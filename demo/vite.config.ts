import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** The playground. It uses the built package, as any page would: `npm run build` comes first. */
export default defineConfig({
  root: path.join(root, "demo"),
  base: "./",
  publicDir: path.join(root, "public"),
  cacheDir: path.join(root, ".cache/vite"),
  resolve: { alias: { "luaskills-wasm": path.join(root, "dist/index.js") } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { fs: { allow: [root] } },
  build: { outDir: path.join(root, ".cache/playground"), emptyOutDir: true, target: "es2022", sourcemap: true },
  worker: { format: "es" },
});
