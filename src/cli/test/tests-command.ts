import { writeFile } from "node:fs/promises";
import path from "node:path";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { lookInto } from "../folder/look-into.ts";
import { skillFiles } from "../folder/skill-files.ts";
import type { SkillsFolder } from "../folder/skills-folder.ts";
import { Watch } from "../folder/watch.ts";
import type { Run } from "../run.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { usageError } from "../usage-error.ts";
import { type Reporter, reporters, summary } from "./reports.ts";
import { runTests, type TestResult, testFiles } from "./run-tests.ts";

interface TestSwitches {
  readonly reporter: string;
  readonly out?: string;
  readonly filter?: string;
  readonly watch?: boolean;
  readonly timeout?: number;
  readonly quiet?: boolean;
}

/** `luaskills-wasm test` */
export async function test(run: Run, skills: string | undefined, switches: TestSwitches): Promise<number> {
  const reporter = Object.hasOwn(reporters, switches.reporter) ? reporters[switches.reporter] : undefined;
  if (reporter === undefined) {
    const known = Object.keys(reporters).join(", ");
    throw usageError(`there is no reporter ${JSON.stringify(switches.reporter)}; it is one of ${known}`);
  }
  const folder = lookInto(run, skills);
  const once = () => testAll(run, folder, reporter, switches);
  if (!switches.watch) return once();
  await tellFailure(run, once);
  const folders = folder.skillIds.map((id) => path.join(folder.skillsDir, id));
  const watch = new Watch(folders, () => tellFailure(run, once));
  const interrupted = untilInterrupted();
  run.report.info("Waiting for changes; Ctrl-C ends it");
  await interrupted;
  await watch.close();
  return exitCodes.ok;
}

async function testAll(run: Run, folder: SkillsFolder, reporter: Reporter, switches: TestSwitches): Promise<number> {
  const results: TestResult[] = [];
  const written: string[] = [];
  const tell = (text: string) => {
    if (switches.out !== undefined) written.push(text);
    else if (text !== "") process.stdout.write(text);
  };
  tell(reporter.begin?.() ?? "");
  let found = 0;
  for (const id of folder.skillIds) {
    const files = skillFiles(path.join(folder.skillsDir, id));
    found += [...files.keys()].filter((file) => testFiles.test(file)).length;
    const options = { timeoutMs: switches.timeout ?? 10_000, filter: switches.filter };
    for await (const result of runTests(id, files, options)) {
      results.push(result);
      tell(reporter.result(result, results.length));
    }
  }
  if (results.length === 0) {
    const why = found === 0 ? "there are no tests: put some into tests/*.lua of a skill" : "no test has such a name";
    throw new LuaSkillsError("not_found", why);
  }
  tell(reporter.end(results));
  if (switches.out !== undefined) await writeFile(switches.out, written.join(""));
  if (switches.out !== undefined || reporter !== reporters.spec) run.report.info(summary(results));
  return results.some(({ failure }) => failure !== undefined) ? exitCodes.skillFailed : exitCodes.ok;
}

/** A watch goes on, whatever an edit in between has broken. */
async function tellFailure(run: Run, work: () => Promise<number>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    run.report.error(LuaSkillsError.from(thrown));
  }
}
