// Luau itself. Reads a JSON array of texts from stdin, runs each and writes a line of JSON for each: `{ value }` or
// `{ error }`. A process of its own each time: luau-web keeps one state well, and a second one after it badly.
import { writeSync } from "node:fs";
import { LuauState } from "luau-web";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const state = await LuauState.createAsync({});
const answer = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
for (const source of JSON.parse(input)) {
  let run;
  try {
    run = state.loadstring(source, "snippet", false);
    if (typeof run !== "function") answer({ error: String(run) });
    else answer({ value: (await run())[0] });
  } catch (error) {
    const message = String(error?.message ?? error);
    answer({ error: message });
    // The module is gone; the parent starts another one for what is left.
    if (message.startsWith("Aborted")) process.exit(0);
  }
}
process.exit(0);
