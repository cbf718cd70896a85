/**
 * Getting a WebAssembly module from wherever the host says it is.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";

export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

/** @throws LuaSkillsError `wasm_unavailable` naming the cause: not there, not WebAssembly (an HTML page, say), not valid */
export async function compileWasm(source: WasmSource, file: string): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  let bytes: BufferSource;
  if (typeof source === "string" || source instanceof URL) {
    const response = await fetch(source).catch((error: unknown) => {
      throw wasmUnavailable(file, error, source);
    });
    if (!response.ok) throw wasmUnavailable(file, `HTTP status ${response.status}`, source);
    bytes = await response.arrayBuffer();
  } else bytes = source;
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  if (view[0] !== 0 || view[1] !== 0x61 || view[2] !== 0x73 || view[3] !== 0x6d) {
    const start = new TextDecoder().decode(view.subarray(0, 40));
    throw wasmUnavailable(file, `it is not WebAssembly; it begins with ${JSON.stringify(start)}`, source);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw wasmUnavailable(file, error, source);
  }
}

export function wasmUnavailable(file: string, error: unknown, source?: WasmSource): LuaSkillsError {
  if (error instanceof LuaSkillsError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const where = typeof source === "string" || source instanceof URL ? ` from ${String(source)}` : "";
  return new LuaSkillsError(
    "wasm_unavailable",
    `${file} could not be loaded${where}: ${reason}. Serve the file that comes with the package, or say where it is.`,
    { cause: error },
  );
}
