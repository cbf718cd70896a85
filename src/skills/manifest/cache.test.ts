import { expect, it } from "vitest";
import { ManifestCache } from "./cache.ts";

it("a second look parses what changed, however many files there are, and forgets what is gone", () => {
  const cache = new ManifestCache();
  const parsed: string[] = [];
  const look = (texts: ReadonlyMap<string, string>) => {
    parsed.length = 0;
    cache.beginLook();
    return [...texts].map(([path, text]) =>
      cache.file(path, text, () => {
        parsed.push(path);
        return { path, value: text, position: () => ({ line: 1, column: 1 }), source: () => undefined };
      }),
    );
  };
  const texts = new Map(Array.from({ length: 10_000 }, (_, i) => [`/s${i}/skill.yaml`, `name: s${i}`]));
  const first = look(texts);
  expect(parsed).toHaveLength(10_000);
  expect(look(texts)).toEqual(first);
  expect(parsed).toEqual([]);

  texts.set("/s7/skill.yaml", "name: other");
  expect(look(texts)[7]?.value).toBe("name: other");
  expect(parsed).toEqual(["/s7/skill.yaml"]);

  const gone = new Map([...texts].slice(1));
  look(gone);
  look(gone);
  look(texts);
  expect(parsed).toEqual(["/s0/skill.yaml"]);
});
