import { readdir } from "node:fs/promises";
import path from "node:path";
import { bundleForBrowser } from "../../scripts/build/bundle.ts";

const suites = "test/portable";

/** Names of the portable suites, e.g. `wasm` for `wasm.suite.ts`. */
export async function suiteNames(): Promise<string[]> {
  const files = await readdir(suites);
  return files.filter((file) => file.endsWith(".suite.ts")).map((file) => file.replace(/\.suite\.ts$/, ""));
}

/** Bundles a host's entry with one suite; the path of the file. */
export async function bundleSuite(suite: string, entry: string, workerd: boolean): Promise<string> {
  const outfile = path.resolve(".cache", "edge", `${path.basename(entry, ".ts")}-${suite}.mjs`);
  await bundleForBrowser({
    stdin: {
      contents: `import * as suite from "./${suites}/${suite}.suite.ts"; import { host } from "./${entry}";
        const { start } = host(suite); export { start as default };`,
      resolveDir: process.cwd(),
    },
    outfile,
    sourcemap: "inline",
    ...(workerd ? { conditions: ["workerd", "worker", "browser", "import"], external: ["*.wasm"] } : {}),
  });
  return outfile;
}
