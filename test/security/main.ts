// npm run attacks -- [--host node|deno|workerd|chromium|firefox|webkit]... [--only=text] [--each=N] [--folder=FOLDER] [--work]
// [--late=N] [--over=MS]: every program of test/security (--work: those that make the host work), or every .lua file of a folder,
// whose head says what is to hold (table/folder.ts), on the built package, and one table for each host. Exits with 1 when something
// got through, was late (three times what is wanted, or N times), or left the runtime unusable. --over: programs are named that were
// later than that; otherwise those later than wanted. Last line `N passed, N failed`.
import { parseArgs } from "node:util";
import { engineNames } from "../browser/engines/engine.ts";
import * as browser from "./table/browser-host.ts";
import * as deno from "./table/deno-host.ts";
import { kindsOf } from "./table/folder.ts";
import type { Measured, MeasureOptions } from "./table/measure.ts";
import * as node from "./table/node-host.ts";
import { printTable } from "./table/print.ts";
import * as workerd from "./table/workerd-host.ts";

interface Host {
  readonly clock: string;
  run(options: MeasureOptions): Promise<Measured[]>;
}
const hosts = new Map<string, Host>([
  ["node", { clock: node.clock, run: node.measureHere }],
  ["deno", { clock: deno.clock, run: deno.measureInDeno }],
  ["workerd", { clock: workerd.clock, run: workerd.measureInWorkerd }],
  ...engineNames.map((name): [string, Host] => [
    name,
    { clock: browser.clock, run: (options) => browser.measureInBrowser(name, options) },
  ]),
]);

const { values } = parseArgs({
  options: {
    host: { type: "string", multiple: true },
    only: { type: "string" },
    each: { type: "string" },
    work: { type: "boolean" },
    late: { type: "string" },
    over: { type: "string" },
    folder: { type: "string" },
  },
});
const own = values.folder === undefined ? {} : { kinds: await kindsOf(values.folder) };
const total = { passed: 0, failed: 0 };
for (const name of values.host ?? ["node"]) {
  const host = hosts.get(name);
  if (!host) throw new Error(`unknown host ${name}; known: ${[...hosts.keys()].join(", ")}`);
  const options = { only: values.only ?? "", each: Number(values.each ?? 1), work: values.work ?? false, ...own };
  const { passed, failed } = printTable(name, host.clock, await host.run(options), {
    ...own,
    times: Number(values.late ?? 3),
    ...(values.over === undefined ? {} : { namedMs: Number(values.over) }),
  });
  total.passed += passed;
  total.failed += failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
