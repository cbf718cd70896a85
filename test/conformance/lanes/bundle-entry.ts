import { mkdir } from "node:fs/promises";
import path from "node:path";
import { bundle, bundleForBrowser } from "../../../scripts/bundle.mjs";

const folder = path.resolve(".cache/conformance");

/** Bundles the inner end of a lane; the path of the file made. Runs at the same time do not share files. */
export async function bundleEntry(entry: string, platform: "node" | "browser" | "workerd"): Promise<string> {
  await mkdir(folder, { recursive: true });
  const outfile = path.join(folder, `${path.basename(entry, ".ts")}.${process.pid}.mjs`);
  const options = { entryPoints: [path.resolve(entry)], outfile, sourcemap: "inline" as const };
  if (platform === "browser") await bundleForBrowser(options);
  else if (platform === "workerd") {
    await bundleForBrowser({
      ...options,
      conditions: ["workerd", "worker", "browser", "import"],
      external: ["*.wasm"],
    });
  } else await bundle({ ...options, platform: "node", packages: "external" });
  return outfile;
}
