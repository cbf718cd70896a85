/**
 * The stages of `npm test`, in order.
 * @module
 */

export interface Stage {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** A stage without which this one makes no sense. */
  readonly needs?: string;
  /** Another stage of this kind may run at the same time: nothing in it measures, and it takes one processor. */
  readonly beside?: true;
}

const node = (script: string, ...args: string[]): Stage["command"] => ["node", script, ...args];
const ts = (file: string, ...args: string[]) => node("scripts/run-ts.mjs", file, ...args);
/** Test files that may share a process: loading the modules anew for each costs two fifths of the time. */
const together = ["--no-isolate", "--maxWorkers", "2"];
const tool = (name: string, ...args: string[]) => node(`node_modules/${name}`, ...args);

export const stages: readonly Stage[] = [
  { name: "lint", command: tool("@biomejs/biome/bin/biome", "check", "."), beside: true },
  { name: "checks", command: ts("scripts/check/main.ts"), beside: true },
  { name: "typecheck", command: tool("typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit"), beside: true },
  { name: "build", command: ts("scripts/build/build.ts"), beside: true },
  { name: "package", command: ts("scripts/check/package.ts"), needs: "build", beside: true },
  { name: "size", command: ts("scripts/build/size.ts", "--limits"), needs: "build", beside: true },
  { name: "unit", command: ts("scripts/test/unit.ts", "src/", ...together), needs: "build" },
  {
    name: "integration",
    command: ts(
      "scripts/test/unit.ts",
      ...[
        "test/",
        "scripts/",
        "--exclude",
        "test/adapters/**",
        "--exclude",
        "test/security/**",
        "--exclude",
        "test/bridge/**",
        ...together,
      ],
    ),
    needs: "build",
  },
  // One after the other: they measure how soon an attack ends.
  { name: "bridge", command: ts("scripts/test/unit.ts", "test/bridge"), needs: "build" },
  { name: "security", command: ts("scripts/test/unit.ts", "test/security"), needs: "build" },
  {
    name: "attacks",
    command: ts(
      "test/security/main.ts",
      "--work",
      "--host",
      "chromium",
      "--host",
      "workerd",
      "--each",
      "13",
      "--late",
      "10",
    ),
    needs: "build",
  },
  {
    name: "properties",
    command: ts("scripts/test/unit.ts", "--config", "scripts/test/properties/vitest.config.ts"),
    needs: "build",
    beside: true,
  },
  { name: "adapters", command: ts("scripts/test/unit.ts", "test/adapters"), needs: "build", beside: true },
  ...(
    [["node"], ["node", "--isolation", "skill"], ["chromium"], ["firefox"], ["webkit"], ["deno"], ["workerd"]] as const
  ).map(
    ([env, ...rest]): Stage => ({
      name: `conformance-${[env, ...rest.slice(1)].join("-")}`,
      command: ts("test/conformance/main.ts", "--env", env, ...rest),
      needs: "build",
      beside: true,
    }),
  ),
  ...["chromium", "firefox"].map(
    (env): Stage => ({
      name: `conformance-${env}-log`,
      command: ts("test/conformance/main.ts", "--env", env, "--storage", "opfs"),
      needs: "build",
      beside: true,
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
    beside: true,
  },
  { name: "soak", command: ts("test/soak/main.ts"), needs: "build" },
  { name: "browsers", command: ts("test/browser/main.ts"), needs: "build" },
  { name: "playground", command: ts("test/browser/playground.ts"), needs: "build", beside: true },
  { name: "consumers", command: ts("test/browser/consumers/main.ts"), needs: "build", beside: true },
  { name: "examples", command: ts("test/edge/examples/main.ts"), needs: "build", beside: true },
  { name: "agent", command: ts("test/browser/agent.ts"), needs: "build", beside: true },
  { name: "cloudflare", command: ts("test/edge/cloudflare/main.ts"), needs: "build", beside: true },
  { name: "edge", command: ts("test/edge/main.ts"), needs: "build" },
  {
    name: "edge-load",
    command: ts("test/edge/load/main.ts", "--objects", "100", "--clients", "10", "--seconds", "15"),
    needs: "build",
  },
  { name: "edge-memory", command: ts("test/edge/memory/main.ts"), needs: "build" },
  { name: "cold-start", command: ts("test/edge/cold-start/main.ts"), needs: "build" },
];
