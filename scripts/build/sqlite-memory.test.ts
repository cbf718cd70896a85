import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bootSqlite } from "../../src/sqlite/wasm/boot.ts";
import { shrinkSqliteMemory } from "./sqlite-memory.ts";

const published = readFileSync("node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm");

describe("the shipped sqlite3.wasm", () => {
  it("starts with 2 MB and grows as before", async () => {
    const sqlite = await bootSqlite({ wasm: shrinkSqliteMemory(published) });
    const { memory, exports } = sqlite.wasm;
    expect(memory.buffer.byteLength).toBe(2 * 2 ** 20);
    const pointer = exports.malloc(20 * 2 ** 20);
    expect(pointer).toBeGreaterThan(0);
    new Uint8Array(memory.buffer, pointer, 20 * 2 ** 20).fill(1);
    exports.free(pointer);
    expect(memory.buffer.byteLength).toBeGreaterThan(20 * 2 ** 20);
  });

  it("is not needed: the published one starts as it is", async () => {
    const sqlite = await bootSqlite({ wasm: published });
    expect(sqlite.wasm.memory.buffer.byteLength).toBe(8 * 2 ** 20);
  });

  it("refuses a module that is not the one it was written for", () => {
    expect(() => shrinkSqliteMemory(Uint8Array.of(0, 97, 115, 109))).toThrow("0 places");
  });
});
