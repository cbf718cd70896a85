/** Every script of the package in CommonJS: Node 20.19 and later load modules by `require`, when the export has a condition for it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { App } from "./app.ts";

/** They run where something starts them: a worker, or workerd. */
const startedElsewhere = ["./worker", "./worker-kit", "./cloudflare"];

/** What `require` gives has the names that `import` gives. */
export const requiredInNode = (app: App): void => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
    exports: Readonly<Record<string, unknown>>;
  };
  const names = Object.entries(exports)
    .filter(([subpath, target]) => typeof target === "object" && !startedElsewhere.includes(subpath))
    .map(([subpath]) => subpath.replace(".", "luaskills-wasm"));
  app.write(
    "required.cjs",
    `(async () => {
  for (const name of ${JSON.stringify(names)}) {
    const required = Object.keys(require(name)).sort().join();
    const imported = Object.keys(await import(name)).sort().join();
    if (required === "" || required !== imported) throw new Error(name + " gives " + required + ", and imported " + imported);
  }
  for (const name of ${JSON.stringify(startedElsewhere)}) require.resolve(name.replace(".", "luaskills-wasm"));
})();
`,
  );
  execFileSync(process.execPath, ["required.cjs"], { cwd: app.folder, encoding: "utf8" });
};
