/** sha256 of wasmoon 1.16.0's `dist/glue.wasm`, the only input the derivation knows. */
export const gluePin = "95f3f19ddb740125883bc41d5ec670cd0828e7b58c8bdad385323cbff497b55c";

/** sha256 of the derived `lua.wasm`: the derivation is deterministic, so a change here is a change of what we ship. */
export const luaPin = "df5d79ff85ad5f825399472cf8d74be142aff50367c449d404a559b0b75d0ebc";
