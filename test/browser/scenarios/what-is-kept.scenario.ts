// Private windows, blocked storage and a full disk: a store that works, or an error that says what to do; what was acknowledged stays.
import assert from "node:assert/strict";
import type { LaunchOptions } from "../engines/engine.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";

const kinds = ["browser", "opfs", "indexeddb"] as const;
type Kind = (typeof kinds)[number];

/** An expression of what `work` gives, which has `open(kind)` and `said(promise)`. */
const inPage = (work: string) => `(async () => {
  const { createRuntime } = await import("/dist/index.js");
  const open = (kind) => createRuntime({ storage: { kind, name: "kept-" + kind } });
  const said = (promise) => promise.then(() => "done", (error) => error.code + ": " + error.message);
  ${work}
})()`;

async function opened({ launch, origin }: ScenarioContext, keeps: LaunchOptions["keeps"]) {
  const browser = await launch({ keeps });
  await browser.go(`${origin}/blank.html`);
  return (work: string) => browser.evaluate(inPage(work));
}

async function inPrivate(context: ScenarioContext): Promise<void> {
  const run = await opened(context, "private");
  const keeps = (kind: Kind) =>
    run(`const runtime = await open("${kind}");
      await runtime.fs.write("/runtime/a", new Uint8Array(3_000_000).fill(7));
      const { kind } = runtime.capabilities.storage;
      await runtime.close();
      const again = await open("${kind}");
      const { size } = await again.fs.stat("/runtime/a");
      await again.close();
      return [kind, size];`);
  const isChromium = context.engine === "chromium";
  assert.deepEqual(await keeps("browser"), [isChromium ? "opfs" : "indexeddb", 3_000_000]);
  assert.deepEqual(await keeps("indexeddb"), ["indexeddb", 3_000_000]);
  if (isChromium) assert.deepEqual(await keeps("opfs"), ["opfs", 3_000_000]);
  else assert.match(String(await run(`return said(open("opfs"))`)), /^storage_unavailable: .*kind: "browser"/);
}

async function blocked(context: ScenarioContext): Promise<void> {
  const run = await opened(context, "nothing");
  for (const kind of kinds) {
    const refusal = String(await run(`return said(open("${kind}"))`));
    assert.match(refusal, /^storage_unavailable: .* cannot be used here: .*allow storage for this site.*"memory"/);
  }
  assert.equal(await run(`return said(open("memory").then((runtime) => runtime.close()))`), "done");
}

async function full(context: ScenarioContext, kind: Kind): Promise<void> {
  const run = await opened(context, { megabytes: 12 });
  const filled = (await run(`const runtime = await open("${kind}");
    const written = [];
    for (;;) {
      const content = crypto.getRandomValues(new Uint8Array(65_536));
      const path = "/runtime/data/" + written.length;
      const outcome = await said(runtime.fs.write(path, new Uint8Array(1_000_000).map((_, i) => content[i % 65_536])));
      if (outcome !== "done") {
        await runtime.close();
        return { written: written.length, outcome };
      }
      written.push(path);
    }`)) as { written: number; outcome: string };
  assert.match(filled.outcome, /^quota_exceeded: .*no more storage/);
  assert.ok(filled.written > 0, "nothing fitted");
  const again = (await run(`const runtime = await open("${kind}");
    const sizes = [];
    for (let i = 0; i < ${filled.written}; i++) sizes.push((await runtime.fs.readBytes("/runtime/data/" + i)).length);
    const { problems } = await runtime.check();
    const freed = await said(runtime.fs.remove("/runtime/data", { recursive: true }));
    const after = await said(runtime.fs.write("/runtime/small", "x"));
    await runtime.close();
    return { sizes, problems, freed, after };`)) as Record<string, unknown>;
  const { freed, after, ...whole } = again;
  assert.deepEqual(whole, { sizes: Array(filled.written).fill(1_000_000), problems: [] });
  // IndexedDB gives back late what is removed, and may have left no room for as much as the note of a removal.
  const done = kind === "indexeddb" ? /^(done$|quota_exceeded: )/ : /^done$/;
  assert.match(String(freed), done);
  assert.match(String(after), done);
}

const engines = ["chromium", "firefox"] as const;

export const scenarios: readonly Scenario[] = [
  { name: "a private window keeps a store as long as it is open", engines, run: inPrivate },
  { name: "blocked storage is told as such, and memory goes on", engines, run: blocked },
  ...kinds.map(
    (kind): Scenario => ({
      name: `a full disk costs nothing that a ${kind} store has acknowledged`,
      engines,
      run: (context) => full(context, kind),
    }),
  ),
];
