// npm start [-- --port 4173] [--host 0.0.0.0]: on a fresh clone too, builds everything, runs one skill, serves the playground.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureNode, ensurePackages } from "./ensure.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { port: { type: "string" }, host: { type: "string" } } });

ensureNode();
ensurePackages();

function step(label, args, stdio = "inherit") {
  console.log(`\n== ${label}`);
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", stdio, "inherit"],
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`${label} failed (exit ${result.status})`);
  return result.stdout;
}

step("building the package", ["scripts/run-ts.mjs", "scripts/build/build.ts"]);
step("building the playground", ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]);

const text = "The moon is a harsh mistress. The moon is far away.";
const call = [
  "dist/cli.js",
  "call",
  "demo/skills",
  "text-stats-count",
  "--memory",
  "--quiet",
  "--args",
  JSON.stringify({ text }),
];
const answer = step("a skill, in Node: text-stats-count", call, "pipe");
console.log(answer.trimEnd());

// Imported only now: on a fresh clone the package was not there when this file was read.
const { preview } = await import("vite");
const server = await preview({
  configFile: path.join(root, "vite.config.ts"),
  preview: { port: Number(values.port ?? 4173), ...(values.host ? { host: values.host } : {}) },
});
const [url] = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
console.log(`\n== playground: ${url}   (Ctrl-C ends it)`);
