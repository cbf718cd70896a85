import { expect, it } from "vitest";
import { damagedStore, unreadable } from "./corrupt.ts";

it("bytes that are not what was written are told with their place, and the record where it is known", () => {
  const commit = unreadable("log-1-1", 64);
  expect(commit).toMatchObject({ code: "storage_corrupt", data: { file: "log-1-1", at: 64 } });
  expect(commit.message).toMatch(
    /^the store is damaged: a commit in log-1-1 at byte 64 is not what was written\. Nothing was/,
  );
  expect(Object.keys(commit.data)).toEqual(["file", "at"]);
  const record = unreadable("pack-1-2", 99, "c/1");
  expect(record.data).toEqual({ file: "pack-1-2", at: 99, key: "c/1" });
  expect(record.message).toContain('record "c/1" in pack-1-2 at byte 99');
});

it("a store that is refused says where the first damage is, how many more there are, and what can be read", () => {
  const damage = (at: number) => ({ file: "log-1-1", at, bytes: 7, what: "a frame that cannot be read" });
  const text = (places: readonly number[]) => {
    const error = damagedStore(places.map(damage), 12);
    expect(error).toMatchObject({ code: "storage_corrupt", data: { damages: places.map(damage), readable: 12 } });
    return error.message;
  };
  const first = "the store is damaged: a frame that cannot be read (log-1-1, byte 64, 7 bytes)";
  expect(text([64])).toMatch(
    new RegExp(`^${first.replace(/[()]/g, "\\$&")}; 12 records can be read\\. Nothing was changed\\.`),
  );
  expect(text([64, 99])).toContain(`${first} and at 1 more places; 12 records`);
  expect(text([64, 99, 200])).toContain("and at 2 more places");
  expect(text([64])).toContain('`storage: { kind: "opfs", salvage: true }`');
});
