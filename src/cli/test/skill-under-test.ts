import { parseDocument } from "yaml";
import { LuaSkillsError } from "../../errors.ts";
import { createTestRuntime, type TestRuntime } from "../../testing/kit/test-runtime.ts";
import { runtimeRoot } from "../folder/skills-folder.ts";
import { testClock } from "./clock-tool.ts";
import harness from "./harness.lua?raw";

/** The entry that runs tests; no skill's own has such a name. */
const entry = { name: "luaskills-test", lua_entry: "runtime/luaskills-test.lua", lua_module: "luaskills_test" };

/** A skill in a runtime of its own: in memory, without a network, on a clock that tests move. */
export interface SkillUnderTest {
  readonly runtime: TestRuntime;
  /** Calls the harness. */
  ask(
    args: { readonly file: string; readonly source: string; readonly index?: number },
    timeoutMs: number,
  ): Promise<Answer>;
}

export interface Answer {
  /** Names of the tests of a file, outermost first. */
  readonly tests?: ReadonlyArray<readonly string[]>;
  readonly failure?: { readonly message: string; readonly traceback?: string };
}

/** @throws LuaSkillsError when the skill does not load */
export async function skillUnderTest(id: string, files: ReadonlyMap<string, Uint8Array>): Promise<SkillUnderTest> {
  const decoder = new TextDecoder();
  const manifest = withHarness(decoder.decode(files.get("skill.yaml")));
  const clock = testClock();
  const runtime = await createTestRuntime({
    clock: clock.clock,
    load: false,
    // A test is one call, and may be the author's slowest.
    limits: { runMs: 600_000 },
    hostTools: { "luaskills-test.clock": clock.tool },
  });
  try {
    const place = `${runtimeRoot}/skills/${id}`;
    for (const [name, bytes] of files) await runtime.fs.write(`${place}/${name}`, bytes);
    await runtime.fs.write(`${place}/skill.yaml`, manifest);
    await runtime.fs.write(`${place}/${entry.lua_entry}`, harness);
    await runtime.skills.reload();
    const problem = runtime.problems()[0];
    if (problem !== undefined) throw LuaSkillsError.fromData(problem.error);
  } catch (thrown) {
    await runtime.close();
    throw thrown;
  }
  const entries = Object.fromEntries(runtime.list().map(({ name }) => [name, true]));
  const name = runtime.list().find(({ localName }) => localName === entry.name)?.name ?? "";
  return {
    runtime,
    ask: async (args, timeoutMs) => {
      const { content } = await runtime.call(name, { ...args, entries }, { timeoutMs });
      return JSON.parse(content) as Answer;
    },
  };
}

/** The manifest with the harness in front of the skill's own entries: chunks run in that order. */
function withHarness(text: string): string {
  const document = parseDocument(text);
  const entries = document.get("entries");
  if (typeof entries !== "object" || entries === null || !("items" in entries)) {
    throw new LuaSkillsError("invalid_manifest", "skill.yaml has no list of entries; luaskills-wasm check says more");
  }
  (entries.items as unknown[]).unshift(document.createNode(entry));
  return document.toString();
}
