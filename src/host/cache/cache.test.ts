import { expect, test } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { SkillCache } from "./cache.ts";

const s = { name: "s", owner: "skill" };
const other = { name: "other", owner: "skill" };
const config = { maxEntries: 3, defaultTtlSecs: 5, maxTtlSecs: 20 };

test("ids carry the time and a sequence that advances by two", () => {
  const cache = new SkillCache(new VirtualClock(1000), config);
  expect([cache.put(s, "1", undefined), cache.put(s, "2", undefined)]).toEqual(["tc-1000-1", "tc-1000-3"]);
});

test("an entry is readable by its scope only, strictly before its expiry", () => {
  const clock = new VirtualClock(1000);
  const cache = new SkillCache(clock, config);
  const [standard, zero, long] = [undefined, 0, 999].map((ttl) => cache.put(s, "1", ttl)) as [string, string, string];
  expect(cache.get(other, standard)).toBeUndefined();
  expect(cache.delete(other, standard)).toBe(false);
  clock.advance(999);
  expect(cache.get(s, zero)).toBe("1");
  clock.advance(1);
  expect(cache.get(s, zero)).toBeUndefined();
  clock.advance(18_999);
  expect([cache.get(s, standard), cache.get(s, long)]).toEqual([undefined, "1"]);
  clock.advance(1);
  expect(cache.get(s, long)).toBeUndefined();
});

test("the oldest go when there are too many", () => {
  const cache = new SkillCache(new VirtualClock(1000), config);
  const ids = [1, 2, 3, 4].map((n) => cache.put(s, String(n), undefined));
  expect(ids.map((id) => cache.get(s, id))).toEqual([undefined, "2", "3", "4"]);
});

test("a name is no key to what an isolated skill has stored", () => {
  const cache = new SkillCache(new VirtualClock(1000), config);
  const id = cache.put(s, "1", undefined);
  expect(cache.get({ name: "s", owner: "thief" }, id)).toBeUndefined();
  expect(cache.get({ name: "s", owner: "" }, id)).toBeUndefined();
  expect(cache.delete({ name: "s", owner: "thief" }, id)).toBe(false);
  // The host, and everybody where skills are not isolated.
  expect(cache.get({ name: "s", owner: undefined }, id)).toBe("1");
});

test("what it holds is bounded", () => {
  const cache = new SkillCache(new VirtualClock(1000), { ...config, maxEntries: 100, maxBytes: 10 });
  const ids = ["aaaa", "bbbb", "cccc"].map((json) => cache.put(s, json, undefined));
  expect(ids.map((id) => cache.get(s, id))).toEqual([undefined, "bbbb", "cccc"]);
  expect(() => cache.put(s, "x".repeat(11), undefined)).toThrow(/larger than the cache \(limits.cacheBytes is 10\)/);
  expect(cache.delete(s, ids[1] as string)).toBe(true);
  cache.put(s, "dddd", undefined);
  expect(cache.get(s, ids[2] as string)).toBe("cccc");
});

test("one skill puts out nothing of another, by entries or by bytes", () => {
  const [victim, thief] = [
    { name: "v", owner: "victim" },
    { name: "t", owner: "thief" },
  ];
  const cache = new SkillCache(new VirtualClock(1000), {
    ...config,
    maxEntries: 4,
    maxBytes: 20,
    maxOwnerBytes: () => 12,
  });
  const kept = cache.put(victim, "mine", undefined);
  for (let i = 0; i < 10; i++) cache.put(thief, "x", undefined);
  for (let i = 0; i < 10; i++) cache.put(thief, "x".repeat(12), undefined);
  expect(cache.get(victim, kept)).toBe("mine");
  expect(() => cache.put(thief, "x".repeat(13), undefined)).toThrow(/limits.skillCacheBytes is 12/);
});
