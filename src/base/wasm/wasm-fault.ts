/**
 * Why bytes do not compile, in words for who serves them. Nobody with the right file fetches this.
 * @module
 */
import { messageOf } from "../message-of.ts";

/** Goes on from the name of the file. `cause`: what WebAssembly.compile threw. */
export function wasmFault(bytes: Uint8Array, cause: unknown): string {
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    return `is not WebAssembly: it ${describe(bytes)}`;
  }
  const reason = messageOf(cause);
  if (/unsafe-eval|content security policy|csp/i.test(reason)) {
    const fix = `the Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src`;
    return `does not compile: ${fix} (${reason})`;
  }
  return `does not compile (truncated, corrupt, or this engine is too old): ${reason}`;
}

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "is empty";
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trim();
  if (/^<(!doctype|html)/i.test(head)) {
    return "is an HTML page; the server answers missing files with its index page, so the file is not where it was looked for";
  }
  if (head.startsWith("version https://git-lfs")) return "is a Git LFS pointer; run `git lfs pull`";
  return `begins with ${JSON.stringify(head.slice(0, 16))}`;
}
