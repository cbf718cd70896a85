/** sha256 of wasmoon 1.16.0's `dist/glue.wasm`, the only input the derivation knows. */
export const gluePin = "95f3f19ddb740125883bc41d5ec670cd0828e7b58c8bdad385323cbff497b55c";

/** sha256 of the derived `lua.wasm`: the derivation is deterministic, so a change here is a change of what we ship. */
export const luaPin = "b0488d55e4acc4e02c3674c013c89b066b3a82a2faddfe65c50b7dbb1b0b693a";
