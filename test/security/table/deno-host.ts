/** The built package in Deno. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { bundleForBrowser } from "../../../scripts/build/bundle.ts";
import type { Measured, MeasureOptions } from "./measure.ts";

export const clock = "processor time of the thread";

const timeoutMs = 900_000;

export async function measureInDeno(options: MeasureOptions): Promise<Measured[]> {
  const outfile = path.resolve(".cache", "attacks", "deno.mjs");
  await bundleForBrowser({
    entryPoints: ["test/security/table/deno-entry.ts"],
    outfile,
    external: ["node:process", "node:fs"],
    sourcemap: "inline",
  });
  const dist = path.resolve("dist");
  const permissions = ["--no-prompt", "--node-modules-dir=manual", "--allow-read", "--allow-sys", "--allow-env"];
  const args = ["run", "--quiet", ...permissions, outfile, dist, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)("node_modules/.bin/deno", args, {
    timeout: timeoutMs,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measured[];
}
