import { parseArgs } from "node:util";

export const environments = ["node", "chromium", "firefox", "webkit", "deno", "workerd"] as const;
export type EnvironmentName = (typeof environments)[number];

export interface RunOptions {
  readonly dir?: string;
  readonly suites: readonly string[];
  readonly cases: readonly string[];
  readonly environment: EnvironmentName;
  /** Absent: what the engine chooses by itself. */
  readonly waiting?: "J" | "Y";
  readonly isolation: "skill" | "shared";
  readonly storage: "memory" | "opfs";
  readonly sqliteStorage: "vfs" | "opfs";
  /** Who asks the engine: its own tab, or another one over the channel between them. */
  readonly tab: "leader" | "follower";
  /** What programs run with. */
  readonly process: "shell" | "bridge";
  readonly json?: string;
  readonly jobs?: number;
  readonly limitMs: number;
  readonly writeDocs: boolean;
}

export const usage = `usage: npm run conformance -- [options]
  --dir DIR        a folder of suites (default test/conformance/cases and own-cases)
  --suite NAME     only this suite, by file name or title; may be repeated
  --case ID        only this case; may be repeated
  --env NAME       ${environments.join(" | ")} (default node)
  --waiting J|Y    force a waiting strategy (default: the engine's own choice)
  --isolation WHAT skill | shared (default shared, the topology the cases are written for)
  --storage WHAT   memory | opfs (default memory; opfs: the log store, in chromium and firefox)
  --tab WHO        leader | follower (default leader; follower: through the engine of another tab, in the browsers)
  --process WHAT   shell | bridge: what programs run with (default shell; a real bridge: in node and chromium)
  --sqlite-storage WHAT  vfs | opfs (default vfs; opfs: in chromium and firefox)
  --json FILE      write every outcome as JSON
  --jobs N         lanes at the same time
  --limit MS       milliseconds one case may take (default 20000)
  --write-docs     keep the outcomes for docs/compatibility.md and rewrite it`;

/** @throws Error with a sentence about the wrong option. */
export function parseOptions(argv: readonly string[]): RunOptions | "help" {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      dir: { type: "string" },
      suite: { type: "string", multiple: true },
      case: { type: "string", multiple: true },
      env: { type: "string", default: "node" },
      waiting: { type: "string" },
      isolation: { type: "string", default: "shared" },
      storage: { type: "string", default: "memory" },
      tab: { type: "string", default: "leader" },
      process: { type: "string", default: "shell" },
      "sqlite-storage": { type: "string", default: "vfs" },
      json: { type: "string" },
      jobs: { type: "string" },
      limit: { type: "string", default: "20000" },
      "write-docs": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (values["write-docs"] && (values.dir ?? values.suite ?? values.case) !== undefined) {
    throw new Error("--write-docs is for whole runs: it does not go with --dir, --suite or --case");
  }
  const environment = oneOf("--env", values.env, environments);
  const process = oneOf("--process", values.process, ["shell", "bridge"] as const);
  if (process === "bridge" && environment !== "chromium" && environment !== "node") {
    throw new Error("--process bridge goes with --env node or chromium");
  }
  const tab = oneOf("--tab", values.tab, ["leader", "follower"] as const);
  if (tab === "follower" && !["chromium", "firefox", "webkit"].includes(environment)) {
    throw new Error("--tab follower goes with --env chromium, firefox or webkit");
  }
  const sqliteStorage = oneOf("--sqlite-storage", values["sqlite-storage"], ["vfs", "opfs"] as const);
  const storage = oneOf("--storage", values.storage, ["memory", "opfs"] as const);
  for (const [option, value] of Object.entries({ "--storage": storage, "--sqlite-storage": sqliteStorage })) {
    if (value !== "opfs") continue;
    if (environment !== "chromium" && environment !== "firefox") {
      throw new Error(`${option} opfs goes with --env chromium or firefox: nothing else here has such files`);
    }
    if (values["write-docs"]) {
      throw new Error(`--write-docs is for the default storage: it does not go with ${option} opfs`);
    }
  }
  return {
    ...(values.dir === undefined ? {} : { dir: values.dir }),
    suites: values.suite ?? [],
    cases: values.case ?? [],
    environment,
    ...(values.waiting === undefined ? {} : { waiting: oneOf("--waiting", values.waiting, ["J", "Y"] as const) }),
    isolation: oneOf("--isolation", values.isolation, ["skill", "shared"] as const),
    storage,
    tab,
    sqliteStorage,
    process,
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.jobs === undefined ? {} : { jobs: positive("--jobs", values.jobs) }),
    limitMs: positive("--limit", values.limit),
    writeDocs: values["write-docs"],
  };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (!found) throw new Error(`${name} is one of ${allowed.join(", ")}, not "${value}"`);
  return found;
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number <= 0) throw new Error(`${name} is a whole number above 0, not "${value}"`);
  return number;
}
