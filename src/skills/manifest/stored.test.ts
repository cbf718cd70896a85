import { beforeAll, expect, it } from "vitest";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { loadYaml } from "../yaml/parser.ts";
import { ManifestCache } from "./cache.ts";
import { readManifestFile } from "./file.ts";
import { StoredManifests } from "./stored.ts";

const path = "/state/manifests.json";
const encoder = new TextEncoder();
const textOf = (i: number) =>
  `name: S${i}\nversion: 1.${i}0\nlist: [1, {a: ~}, "x"]\n1: one\n? [a]\n: complex\nodd: true\n__proto__: { b: 2 }\n`;

beforeAll(loadYaml);

function world(count: number) {
  const { fs } = new MemoryStore();
  const write = (i: number, text = textOf(i)) => {
    fs.mkdir(`/s${i}`, { recursive: true });
    fs.writeFile(`/s${i}/skill.yaml`, encoder.encode(text));
  };
  for (let i = 0; i < count; i++) write(i);
  /** A start, or with the cache of one a reload: what each manifest says, and how many were not known. */
  const load = (cache = new ManifestCache(), total = count) => {
    cache.stored ??= new StoredManifests(fs, path);
    const { stored } = cache;
    let unknown = 0;
    const find = stored.find.bind(stored);
    stored.find = (text) => {
      const found = find(text);
      if (!found) unknown++;
      return found;
    };
    cache.beginLook();
    const said = Array.from({ length: total }, (_, i) => {
      const file = readManifestFile(fs, `/s${i}`, cache);
      return [file?.value, file?.position(["odd"]), file?.source(["version"]), file?.source(["list"])];
    });
    cache.keep();
    stored.find = find;
    return { said, unknown, cache };
  };
  return { fs, write, load };
}

it("the next start parses none of them, and hears the same", () => {
  const { load } = world(20);
  const first = load();
  expect(first.unknown).toBe(20);
  expect(first.said[3]?.slice(1)).toEqual([{ line: 7, column: 6 }, "1.30", undefined]);
  const second = load();
  expect(second.unknown).toBe(0);
  expect(second.said).toEqual(first.said);
});

it("few manifests are not worth a file, and one more beside many does not write them all", () => {
  const few = world(15);
  few.load();
  expect(few.fs.stat(path)).toBeUndefined();

  const { fs, write, load } = world(160);
  load();
  const before = fs.readFile(path);
  for (let i = 160; i < 180; i++) write(i);
  expect(load(undefined, 180).unknown).toBe(20);
  expect(fs.readFile(path)).toEqual(before);
  for (let i = 180; i < 183; i++) write(i);
  const { cache } = load(undefined, 183);
  expect(load(undefined, 183).unknown).toBe(0);
  // A reload has them in memory.
  expect(load(cache, 183).unknown).toBe(0);
});

it("a changed manifest is read anew", () => {
  const { write, load } = world(20);
  load();
  write(4, "name: Other\n");
  const { said, unknown } = load();
  expect([unknown, said[4]?.[0]]).toEqual([1, new Map([["name", "Other"]])]);
});

it.each(["{", "null", "[]", '{"format":0,"manifests":{}}', '{"format":1}', '{"format":1,"manifests":5}'])(
  "a file that is not as it was written is written anew: %s",
  (text) => {
    const { fs, load } = world(20);
    const { said } = load();
    fs.writeFile(path, encoder.encode(text));
    expect(load()).toMatchObject({ unknown: 20, said });
    expect(load()).toMatchObject({ unknown: 0, said });
  },
);

it("a file that is no text is written anew", () => {
  const { fs, load } = world(20);
  const { said } = load();
  fs.writeFile(path, new Uint8Array([0xff, 0xfe, 0x7b, 0x00]));
  expect(load()).toMatchObject({ unknown: 20, said });
  expect(load()).toMatchObject({ unknown: 0, said });
});

const asked = { positions: [], sources: [] };
it.each([
  null,
  5,
  {},
  asked,
  { ...asked, value: {} },
  { ...asked, value: { "": ["name"] } },
  { ...asked, value: "deep" },
  { value: "x", positions: 5, sources: [] },
])("a manifest in it that is not as it was written is parsed: %j", (damaged) => {
  const { fs, load } = world(20);
  const { said } = load();
  const kept = JSON.parse(new TextDecoder().decode(fs.readFile(path)));
  for (const hash of Object.keys(kept.manifests)) kept.manifests[hash] = damaged;
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  fs.writeFile(path, encoder.encode(JSON.stringify(kept).replaceAll('"deep"', deep)));
  expect(load()).toMatchObject({ unknown: 20, said });
});

it("what JSON cannot say is parsed each time", () => {
  const { write, load } = world(20);
  write(0, "name: S\nodd: .nan\n");
  write(1, "name: S\nodd: -0.0\n");
  const first = load();
  const second = load();
  expect(second.unknown).toBe(2);
  expect(second.said).toEqual(first.said);
});

it("a folder in its place keeps no manifest from being read, and says why nothing is kept", () => {
  const { fs, load } = world(20);
  fs.mkdir(`${path}/full`, { recursive: true });
  expect(() => load()).toThrow("manifests.json");
});
