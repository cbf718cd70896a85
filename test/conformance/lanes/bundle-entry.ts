import { mkdir } from "node:fs/promises";
import path from "node:path";
import { bundle, bundleForBrowser } from "../../../scripts/build/bundle.ts";

const folder = path.resolve(".cache/conformance");

/** Bundles the inner end of a lane; the path of the file made. Runs at the same time do not share files. */
export async function bundleEntry(entry: string, platform: "node" | "browser" | "workerd"): Promise<string> {
  await mkdir(folder, { recursive: true });
  const outfile = path.join(folder, `${path.basename(entry, ".ts")}.${process.pid}.mjs`);
  const input = { entryPoints: [path.resolve(entry)] };
  const output = { outfile, sourcemap: "inline" as const };
  if (platform === "browser") {
    await bundleForBrowser({ ...input, ...output });
  } else if (platform === "node") {
    await bundle({ ...input, ...output, platform: "node", packages: "external" });
  } else {
    await bundleForBrowser({
      stdin: { contents: `export { worker as default } from "./${entry}";`, resolveDir: process.cwd() },
      ...output,
      conditions: ["workerd", "worker", "browser", "import"],
      external: ["*.wasm"],
    });
  }
  return outfile;
}
