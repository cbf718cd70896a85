/**
 * Runs in Deno: bundled by deno.ts, with the URL of its lane.
 * @module
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { bootPlatform } from "./boot-platform.ts";
import { fetchCases } from "./remote/fetch-lane.ts";

const [url] = process.argv.slice(2);
if (!url) throw new Error("deno-child needs the URL of its lane");
await fetchCases(url, async (start) => {
  const { lua, sqlite, jieba } = start.wasm;
  return bootPlatform("deno", start, {
    lua: await readFile(lua),
    sqlite: await readFile(sqlite),
    ...(jieba === undefined ? {} : { jieba: () => readFile(jieba) }),
  });
});
process.exit(0);
