import { existsSync } from "node:fs";

/** The folder of this package, with its package.json: above dist/ when installed, further up in the sources. */
export function packageFolder(from: URL = new URL("./", import.meta.url)): URL {
  if (existsSync(new URL("package.json", from))) return from;
  const above = new URL("../", from);
  if (above.href === from.href) throw new Error("luaskills-wasm is not installed whole: its package.json is missing");
  return packageFolder(above);
}
