// The stages of `npm test`, in order. A stage whose program prints `N passed, N failed` counts those; any other counts
// as one check by its exit code. `needs` names a stage without which it makes no sense.

const node = (script, ...args) => ["node", script, ...args];
const ts = (file, ...args) => node("scripts/run-ts.mjs", file, ...args);
const tool = (name, ...args) => node(`node_modules/${name}`, ...args);

/** @type {readonly { name: string, command: readonly string[], needs?: string }[]} */
export const stages = [
  { name: "lint", command: tool("@biomejs/biome/bin/biome", "check", ".") },
  { name: "import-law", command: node("scripts/import-law.mjs") },
  { name: "security-lint", command: node("scripts/security-lint.mjs") },
  { name: "typecheck", command: tool("typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit") },
  { name: "build", command: node("scripts/build.mjs") },
  { name: "package", command: node("scripts/check-package.mjs"), needs: "build" },
  { name: "size", command: node("scripts/size.mjs"), needs: "build" },
  {
    name: "unit",
    command: node("scripts/unit.mjs", "--exclude", "test/security/**", "--maxWorkers", "2"),
    needs: "build",
  },
  // One after the other: they measure how soon an attack ends.
  { name: "security", command: node("scripts/unit.mjs", "test/security"), needs: "build" },
  ...[["node"], ["node", "--isolation", "skill"], ["chromium"], ["firefox"], ["webkit"], ["deno"], ["workerd"]].map(
    ([env, ...rest]) => ({
      name: `conformance-${[env, ...rest.slice(1)].join("-")}`,
      command: ts("test/conformance/main.ts", "--env", env, ...rest),
      needs: "build",
    }),
  ),
  {
    name: "conformance-chromium-opfs",
    command: ts(
      "test/conformance/main.ts",
      ...["--env", "chromium", "--sqlite-storage", "opfs"],
      ...["sqlite-core", "sqlite-streams", "sqlite-fts", "lancedb", "db-provider-callback"].flatMap((suite) => [
        "--suite",
        suite,
      ]),
    ),
    needs: "build",
  },
  { name: "soak", command: ts("test/soak/main.ts"), needs: "build" },
  { name: "browsers", command: ts("test/browser/main.ts"), needs: "build" },
  { name: "playground", command: ts("test/browser/playground.ts"), needs: "build" },
  { name: "consumers", command: ts("test/browser/consumers/main.ts"), needs: "build" },
  { name: "edge", command: ts("test/edge/main.ts"), needs: "build" },
  { name: "cloudflare", command: ts("test/edge/cloudflare/main.ts"), needs: "build" },
  {
    name: "edge-load",
    command: ts("test/edge/load/main.ts", "--objects", "100", "--clients", "10", "--seconds", "15"),
    needs: "build",
  },
  { name: "edge-memory", command: ts("test/edge/memory/main.ts"), needs: "build" },
  { name: "cold-start", command: ts("test/edge/cold-start/main.ts"), needs: "build" },
  { name: "examples", command: ts("test/edge/examples/main.ts"), needs: "build" },
];
