// The browser's own record of file names ends in the middle of a name, as a kill leaves it: stores made and written to behind
// that place are there at the next start.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Scenario, ScenarioContext } from "../scenario.ts";

const manifest = `name: notes
version: 1.0.0
entries: [{ name: add, lua_entry: runtime/add.lua, lua_module: notes.add }]
sqlite: { enable: true }
`;
/** Answers how many rows there are then. */
const add = `return function(args)
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS log(text TEXT)" })
  local sql = "INSERT INTO log(text) VALUES(?1)"
  return tostring(vulcan.sqlite.execute_script({ sql = sql, params = { args.text } }).last_insert_rowid)
end`;
const skill = { "notes/skill.yaml": manifest, "notes/runtime/add.lua": add };

/** What was stored before; stores `text`. A file of the page's own is made last. */
const life = (text: string): string => `(async () => {
  const { createRuntime } = await import("/dist/index.js");
  const found = [];
  for (const name of ["one", "two"]) {
    const runtime = await createRuntime({
      storage: { kind: "opfs", name },
      sqlite: { storage: "opfs" },
      skills: ${JSON.stringify(skill)},
    });
    found.push(await runtime.fs.readText("/runtime/note.txt").catch((error) => error.code));
    await runtime.fs.write("/runtime/note.txt", "${text}");
    found.push((await runtime.call("notes-add", { text: "${text}" })).content);
    await runtime.close();
  }
  const root = await navigator.storage.getDirectory();
  await root.getFileHandle("of-the-page-${text}", { create: true });
  return found;
})()`;

/** The end of the last record that the browser has written about names goes. */
function tearNames(profile: string): void {
  const logs = readdirSync(profile, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".log") && path.basename(entry.parentPath) === "Paths",
  );
  assert.ok(logs.length > 0, "the browser keeps its names elsewhere now");
  for (const log of logs) {
    const file = path.join(log.parentPath, log.name);
    truncateSync(file, statSync(file).size - 9);
  }
}

async function tornAgainAndAgain({ launch, origin }: ScenarioContext): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "torn-names-"));
  try {
    const live = async (work: string): Promise<unknown> => {
      const browser = await launch({ profile });
      await browser.go(`${origin}/blank.html`);
      const found = await browser.evaluate(work);
      await browser.close();
      return found;
    };
    await live(
      'navigator.storage.getDirectory().then((root) => root.getFileHandle("first", { create: true })).then(() => 0)',
    );
    tearNames(profile);
    assert.deepEqual(await live(life("new")), ["not_found", "1", "not_found", "1"]);
    tearNames(profile);
    assert.deepEqual(await live(life("second")), ["new", "2", "new", "2"]);
    tearNames(profile);
    assert.deepEqual(await live(life("third")), ["second", "3", "second", "3"]);
    assert.deepEqual(await live(life("last")), ["third", "4", "third", "4"]);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

export const scenarios: readonly Scenario[] = [
  {
    name: "stores and databases in OPFS outlast a record of names that a kill has torn",
    engines: ["chromium"],
    run: tornAgainAndAgain,
  },
];
