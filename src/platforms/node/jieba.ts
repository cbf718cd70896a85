/**
 * Jieba's module in Node: the optional package jieba-wasm, when it is installed.
 * @module
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Undefined when the package is not installed. */
export function installedJieba(): URL | undefined {
  try {
    // The package exports its code only; the module lies beside it.
    const code = createRequire(import.meta.url).resolve("jieba-wasm/web");
    return new URL("jieba_rs_wasm_bg.wasm", pathToFileURL(code));
  } catch {
    return undefined;
  }
}
