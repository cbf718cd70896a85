export function shrinkSqliteMemory(wasm: Uint8Array): Uint8Array<ArrayBuffer>;
