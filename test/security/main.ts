// npm run attacks: every program of test/security on the built package, on a clock of processor time, and one table. Exits with
// 1 when something got through, was late, or left the runtime unusable.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Runtime } from "../../src/contract/contract.ts";
import { attacks } from "./attacks.ts";
import { exhaustions } from "./exhaustion.ts";

interface Program {
  readonly name: string;
  readonly code: string;
  /** Milliseconds of processor time. */
  readonly limitMs: number;
}
interface Kind {
  readonly name: string;
  readonly programs: readonly Program[];
  /** Wanted at the 99th of a hundred, in milliseconds of processor time; three times as much fails. */
  readonly lateMs: number;
}

const kinds: readonly Kind[] = [
  {
    name: "Lua that does not end",
    lateMs: 10,
    programs: attacks.map(({ name, code }) => ({ name, code, limitMs: 100 })),
  },
  {
    name: "work of the host",
    lateMs: 50,
    programs: exhaustions.map(({ name, code }) => ({ name, code, limitMs: 300 })),
  },
];
/** Of real time. */
const waitsMs = 20_000;
const databases = "sqlite: { enable: true }\nlancedb: { enable: true }\n";
const run = `return function(args)
  local program, message = load(args.code, "=attack")
  if not program then return message end
  setfenv(program, setmetatable({ args = args }, { __index = _G }))
  return tostring(program())
end`;

const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const at = (file: string): string => pathToFileURL(path.join(process.cwd(), "dist", file)).href;
performance.now = processorTime;
await readFile(path.join(process.cwd(), "dist", "edge.js")).catch(() => {
  throw new Error("dist is empty: npm run build");
});
const { createEdgeRuntime } = (await import(at("edge.js"))) as {
  createEdgeRuntime(options: object): Promise<Runtime>;
};
const only = process.argv.find((each) => each.startsWith("--only="))?.slice("--only=".length) ?? "";
let failed = 0;
console.log(
  `${"".padEnd(28)}${["tried", "refused", "late p50", "late p99", "usable"].map((word) => word.padStart(10)).join("")}`,
);
for (const { name, programs, lateMs } of kinds) {
  const runtime = await open();
  // What is compiled and loaded once is not what an attack costs.
  for (let i = 0; i < 5; i++) {
    await runtime.call("attacker-run", { code: "while true do end" }, { timeoutMs: 50 }).catch(() => {});
  }
  const late: number[] = [];
  let refused = 0;
  let usable = 0;
  const tried = programs.filter((each) => each.name.includes(only));
  for (const program of tried) {
    const started = processorTime();
    const ended = await Promise.race([
      runtime.call("attacker-run", { code: program.code }, { timeoutMs: program.limitMs }).then(
        () => "returned",
        (error: { code?: string }) => String(error.code),
      ),
      // A run that waits uses no processor time: its clock stands still.
      new Promise<string>((resolve) => setTimeout(resolve, waitsMs, "waits")),
    ]);
    const over = Math.max(0, processorTime() - started - program.limitMs);
    late.push(over);
    if (ended !== "returned") refused++;
    const works = (await runtime.call("bystander-ping")).content === "pong";
    if (works) usable++;
    if (over > 3 * lateMs || !works) failed++;
    if (over > lateMs || !works) {
      console.log(`  ${program.name}: ${ended}, ${over.toFixed(0)} ms late${works ? "" : ", not usable afterwards"}`);
    }
  }
  await runtime.close();
  late.sort((a, b) => a - b);
  const share = (part: number) =>
    `${(late[Math.min(late.length - 1, Math.floor(late.length * part))] ?? 0).toFixed(1)} ms`;
  const cells = [String(tried.length), String(refused), share(0.5), share(0.99), String(usable)];
  console.log(`${name.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join("")}`);
}
process.exitCode = failed === 0 ? 0 : 1;

async function open(): Promise<Runtime> {
  const runtime = await createEdgeRuntime({
    storage: { kind: "memory" },
    limits: { vmMemoryBytes: 64 * 2 ** 20, vfsBytes: 128 * 2 ** 20 },
    hostTools: { t: async () => ({ ok: true }) },
  });
  const skill = async (id: string, entry: string, source: string, more = "") => {
    const yaml = `name: ${id}\nversion: 1.0.0\n${more}entries:\n  - { name: ${entry}, lua_entry: runtime/${entry}.lua, lua_module: ${id}.${entry} }\n`;
    await runtime.fs.write(`/runtime/skills/${id}/skill.yaml`, yaml);
    await runtime.fs.write(`/runtime/skills/${id}/runtime/${entry}.lua`, source);
  };
  await skill("attacker", "run", run, databases);
  await skill("other", "echo", "return function(args) return args end");
  await skill("bystander", "ping", "return function() return 'pong' end");
  await runtime.skills.reload();
  return runtime;
}
