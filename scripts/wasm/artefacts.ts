/**
 * The small modules we write ourselves: `.wat` in the source tree, compiled into a checked-in TypeScript constant (so that
 * neither tests nor consumers need wabt) and into a file for hosts that only take static `.wasm` imports.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { compileWat } from "./wat-module.ts";

export interface Artefact {
  readonly name: string;
  readonly source: string;
  readonly generated: string;
  readonly doc: string;
}

export const artefacts: readonly Artefact[] = [
  {
    name: "trampolines",
    source: "src/lua/wasm/wat/trampolines.wat",
    generated: "src/lua/wasm/generated/trampolines.ts",
    doc: "Turns JavaScript functions into wasm functions without code generation: import `e.<signature>`, export `<signature>`.",
  },
  {
    name: "bridge",
    source: "src/lua/wasm/wat/bridge.wat",
    generated: "src/lua/wasm/generated/bridge.ts",
    doc: "The border to JavaScript beside the stock glue.wasm: imports `lua.*` (its exports) and `host.*`.",
  },
  {
    name: "shim",
    source: "src/lua/wasm/wat/shim.wat",
    generated: "src/lua/wasm/generated/shim.ts",
    doc: "longjmp for the stock glue.wasm: imports `e.t` (table) and `e.ss` (index), exports `invoke_vii`, `throw_longjmp`.",
  },
  {
    name: "vectors",
    source: "src/vectors/search/kernel.wat",
    generated: "src/vectors/search/generated/vectors.ts",
    doc: "The scan of a vector search: imports `e.memory`, exports `dots` and `quantize`.",
  },
];

export async function compileArtefact(root: string, artefact: Artefact): Promise<Uint8Array> {
  return compileWat(artefact.source, await readFile(path.join(root, artefact.source), "utf8"));
}

export function generatedText(artefact: Artefact, bytes: Uint8Array): string {
  return `// Generated from ${path.basename(artefact.source)} by \`npm run build:wasm\`; do not edit.

/** ${artefact.doc} Base64 of the wasm. */
export const ${artefact.name}Wasm =
  "${Buffer.from(bytes).toString("base64")}";
`;
}

export async function writeGenerated(root: string, artefact: Artefact, bytes: Uint8Array): Promise<void> {
  await writeFile(path.join(root, artefact.generated), generatedText(artefact, bytes));
}
