/**
 * Gets a compiled module out of whatever the caller has: URL, path, bytes or module. Every failure says what was wrong
 * with the file and what to do.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { messageOf } from "../message-of.ts";

export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

interface NodeProcess {
  getBuiltinModule?(name: "node:fs/promises"): { readFile(path: string | URL): Promise<Uint8Array> } | undefined;
}
interface DenoNamespace {
  readFile(path: string | URL): Promise<Uint8Array>;
}
const platform = globalThis as unknown as { process?: NodeProcess; Deno?: DenoNamespace };

/** `what` names the file in messages, e.g. `lua.wasm`. @throws LuaSkillsError wasm_unavailable */
export async function loadWasm(source: WasmSource, what: string): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source !== "string" && !(source instanceof URL)) return compile(viewOf(source), what, "the given bytes");
  return compile(await readBytes(source, what), what, String(source));
}

async function compile(bytes: Uint8Array<ArrayBuffer>, what: string, from: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const problem = await import("./wasm-fault.ts").then(
      ({ wasmFault }) => wasmFault(bytes, cause),
      () => `does not compile: ${messageOf(cause)}`,
    );
    throw wasmUnavailable(what, from, problem, cause);
  }
}

async function readBytes(source: string | URL, what: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = asUrl(source);
  try {
    if (url && url.protocol !== "file:") return await download(url, what);
    const target = url ?? String(source);
    if (platform.Deno) return Uint8Array.from(await platform.Deno.readFile(target));
    const files = platform.process?.getBuiltinModule?.("node:fs/promises");
    if (files) return Uint8Array.from(await files.readFile(target));
  } catch (cause) {
    if (cause instanceof LuaSkillsError) throw cause;
    throw wasmUnavailable(
      what,
      String(source),
      `could not be read: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
  return download(new URL(String(source), globalThis.location?.href), what);
}

/** Undefined for a path. Relative URLs are paths only where there are files. */
function asUrl(source: string | URL): URL | undefined {
  if (source instanceof URL) return source;
  const hasFiles = platform.Deno !== undefined || platform.process?.getBuiltinModule !== undefined;
  if (/^[a-z][a-z+.-]+:/i.test(source)) return new URL(source);
  if (hasFiles && globalThis.location === undefined) return undefined;
  return globalThis.location ? new URL(source, globalThis.location.href) : undefined;
}

async function download(url: URL, what: string): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw wasmUnavailable(
      what,
      url.href,
      `could not be downloaded: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
  if (!response.ok) throw wasmUnavailable(what, url.href, `could not be downloaded: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function viewOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(source))
    return Uint8Array.from(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  return new Uint8Array(source);
}

export function wasmUnavailable(what: string, from: string, problem: string, cause?: unknown): LuaSkillsError {
  return new LuaSkillsError(
    "wasm_unavailable",
    `${what} (${from}) ${problem}. Serve the ${what} that comes with this package beside the worker, or pass its URL, ` +
      "bytes or WebAssembly.Module as the `wasm` option.",
    { data: { file: what, from }, cause },
  );
}
