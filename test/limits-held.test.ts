import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { LuaSkillsErrorCode } from "../src/errors.ts";
import type { Limits } from "../src/limits.ts";

/** Nothing fails: it makes room, waits, gives way, or leaves out. */
type Outcome = LuaSkillsErrorCode | "nothing";

const ofSkills = ["src/engine/policy/skill-limits.test.ts", "%s: lower for one than for the others"] as const;
const opfsLog = "src/vfs/backends/opfs-log";

/** What comes of each limit, and the test that holds it: a file, and a part of it. A limit without a row does not compile. */
const held: { readonly [name in keyof Limits]: readonly [outcome: Outcome, file: string, part: string] } = {
  callTimeoutMs: ["deadline_exceeded", ...ofSkills],
  runMs: ["deadline_exceeded", ...ofSkills],
  sliceMs: ["nothing", "src/lua/waiting/slices.test.ts", "slices are counted, and an abort is heard"],
  vmMemoryBytes: ["memory_exceeded", ...ofSkills],
  runInstructions: ["budget_exceeded", ...ofSkills],
  outputBytes: ["output_exceeded", ...ofSkills],
  cacheBytes: ["nothing", "src/host/cache/cache.test.ts", "what it holds is bounded"],
  skillCacheBytes: ["nothing", "src/host/cache/cache.test.ts", "one skill puts out nothing of another"],
  skillFileBytes: ["quota_exceeded", ...ofSkills],
  skillFiles: ["quota_exceeded", ...ofSkills],
  skillHandles: ["quota_exceeded", ...ofSkills],
  skillDatabaseBytes: ["quota_exceeded", ...ofSkills],
  skillCalls: ["overloaded", ...ofSkills],
  skillLogBytes: ["nothing", ...ofSkills],
  sqliteMemoryBytes: ["memory_exceeded", "src/engine/databases/databases.test.ts", "what SQLite holds ends at"],
  databaseQueryRows: ["nothing", "src/engine/databases/databases.test.ts", "rows of an answer end at"],
  databaseQueryBytes: ["nothing", "src/engine/databases/databases.test.ts", "bytes of an answer end at"],
  sqliteValueBytes: ["memory_exceeded", "src/engine/databases/databases.test.ts", "values are as long as"],
  sqliteOpfsBytes: ["quota_exceeded", "test/browser/pages/opfs.page.ts", "limits.sqliteOpfsBytes is the size of all"],
  valueDepth: ["invalid_argument", "src/engine/engine.test.ts", "a value nested more deeply than limits.valueDepth"],
  callDepth: ["lua_error", "src/engine/engine.test.ts", "calls across skills are counted"],
  vfsBytes: ["quota_exceeded", "src/platforms/node/hostile-folder.test.ts", "limits.vfsBytes holds in a folder"],
  residentBytes: ["nothing", `${opfsLog}/backend.test.ts`, "residentBytes"],
  deadBytes: ["nothing", `${opfsLog}/compaction.test.ts`, "compactBytes: 50_000"],
  downloadBytes: ["network_error", "src/net/fetch.test.ts", "stops a body over the cap"],
  archiveEntries: ["invalid_archive", "src/vfs/archive/archive.test.ts", "refuses too many entries and too many bytes"],
  archiveBytes: ["invalid_archive", "src/vfs/archive/archive.test.ts", "refuses too many entries and too many bytes"],
  processOutputBytes: ["nothing", "src/process/shell/embedded-shell.test.ts", "stops at its output limit"],
  skillLoadMs: ["deadline_exceeded", "src/engine/engine.test.ts", "a chunk that never ends is stopped while loading"],
  loadCheckBytes: ["nothing", "src/engine/skills/load-roots.test.ts", "looks through Lua up to loadCheckBytes"],
  handshakeMs: ["worker_unavailable", "src/platforms/page/worker-link.test.ts", "when nobody answers in time"],
  stopGraceMs: ["worker_crashed", "src/client/supervisor.test.ts", "stopGraceMs: 20"],
  commitIntervalMs: ["nothing", "src/engine/barrier.test.ts", "commits in between while a call runs"],
};

const page = await readFile("docs/limits-and-errors.md", "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));

it.each(Object.entries(held))(
  "%s: its row says what comes of it, and a test holds it",
  async (name, [outcome, file, part]) => {
    const row = rows.find((each) => each.split(" | ")[0]?.includes(`\`${name}\``)) ?? "";
    if (outcome === "nothing") expect(row).not.toMatch(/`[a-z]+_(exceeded|error|unavailable)`/);
    else expect(row).toContain(`\`${outcome}\``);
    expect(await readFile(file, "utf8")).toContain(part);
  },
);
