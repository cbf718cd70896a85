/**
 * The files of the package that the code in Node needs, named so that any bundler can follow: one static `new URL` each. In
 * the repository they are in dist/; the build puts them beside the code (scripts/build/bundle.ts, `packageFilesIn`).
 * @module
 */

export const luaWasm = (): URL => new URL("../../../dist/lua.wasm", import.meta.url);

export const sqliteWasm = (): URL => new URL("../../../dist/sqlite3.wasm", import.meta.url);
