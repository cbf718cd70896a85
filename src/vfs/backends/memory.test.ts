import { expect, it } from "vitest";
import type { CommitBatch } from "../interface.ts";
import { KeptBackend } from "./kept.ts";
import { MemoryBackend } from "./memory.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.of(...values);

it("memory keeps what was committed, whatever becomes of the bytes it came in and goes out as", async () => {
  const backend = new MemoryBackend();
  const [first, second] = [bytes(1), bytes(2)];
  await backend.commit({
    puts: [
      ["a", first],
      ["b", second],
    ],
    deletes: [],
  });
  first[0] = 9;
  const [[, out]] = (await backend.load()) as [[string, Uint8Array]];
  out[0] = 9;
  await backend.commit({ puts: [["c", bytes(3)]], deletes: ["b", "none"] });
  // Whoever opens a store over it after this one finds the same.
  await backend.close();
  expect(await backend.load()).toEqual([
    ["a", bytes(1)],
    ["c", bytes(3)],
  ]);
});

it("memory takes all of a commit or nothing", async () => {
  const backend = new MemoryBackend();
  await backend.commit({ puts: [["a", bytes(1)]], deletes: [] });
  backend.beforeCommit = (batch) => {
    expect(batch.deletes).toEqual(["a"]);
    throw new Error("the disk is full");
  };
  await expect(backend.commit({ puts: [["b", bytes(2)]], deletes: ["a"] })).rejects.toThrow("the disk is full");
  backend.beforeCommit = undefined;
  const noData = { puts: [["b", () => {}] as unknown as readonly [string, Uint8Array]], deletes: ["a"] };
  await expect(backend.commit(noData)).rejects.toThrow();
  expect(await backend.load()).toEqual([["a", bytes(1)]]);
});

it("kept memory begins with what its engine was given, and hands each commit to who keeps it", async () => {
  const told: CommitBatch[] = [];
  const kept = [["a", bytes(1)]] as const;
  const backend = new KeptBackend(kept, (batch) => told.push(batch));
  const loaded = await backend.load();
  expect([loaded, loaded === (kept as unknown)]).toEqual([[...kept], false]);
  const batch = { puts: [["b", bytes(2)] as const], deletes: ["a"] };
  await backend.commit(batch);
  await backend.close();
  expect(told).toEqual([batch]);
});
