import { expect, it } from "vitest";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { ManifestCache } from "./cache.ts";
import { readManifestFile } from "./file.ts";

it("a second look parses what changed, however many files there are, and forgets what is gone", () => {
  const cache = new ManifestCache();
  const parsed: string[] = [];
  const look = (texts: ReadonlyMap<string, string>) => {
    parsed.length = 0;
    cache.beginLook();
    return [...texts].map(([path, text]) =>
      cache.file(path, text, () => {
        parsed.push(path);
        const said = { value: text, positions: new Map(), sources: new Map() };
        return {
          path,
          text,
          parsed: said,
          value: text,
          position: () => ({ line: 1, column: 1 }),
          source: () => undefined,
        };
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

it("where something stands is looked for once, however often a reload asks", () => {
  const vfs = new MemoryStore().fs;
  vfs.mkdir("/s");
  vfs.writeFile("/s/skill.yaml", new TextEncoder().encode("name: S\nversion: 1.10\nodd: 1\n"));
  const cache = new ManifestCache();
  const looks = [1, 2].map(() => {
    cache.beginLook();
    return readManifestFile(vfs, "/s", cache);
  });
  const [first, second] = looks.map((file) => file?.position(["odd"]));
  expect(first).toEqual({ line: 3, column: 6 });
  expect(second).toBe(first);
  expect(looks.map((file) => file?.source(["version"]))).toEqual(["1.10", "1.10"]);
});
