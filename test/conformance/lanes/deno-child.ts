/**
 * Runs in Deno: `deno run deno-child.mjs <lane url>`.
 * @module
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { bootPlatform } from "./boot-platform.ts";
import { fetchCases } from "./fetch-lane.ts";

const [url] = process.argv.slice(2);
if (!url) throw new Error("deno-child needs the URL of its lane");
await fetchCases(url, async (start) =>
  bootPlatform("deno", start, { lua: await readFile(start.wasm.lua), sqlite: await readFile(start.wasm.sqlite) }),
);
process.exit(0);
