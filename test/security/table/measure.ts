/**
 * Runs the attacks of a kind one after the other and says how late each ended, by the clock its host has.
 * @module
 */
import type { Runtime } from "../../../src/contract/contract.ts";
import { Pace } from "../pace.ts";
import { furnish, type Kind, kinds as known, type Program, worldOptions } from "./programs.ts";

export interface Measured {
  readonly kind: string;
  readonly name: string;
  /** `returned`, `waits`, or the code of the error. */
  readonly ended: string;
  readonly lateMs: number;
  /** Afterwards another skill answered, the attacker did, and its victim had what it had. */
  readonly usable: boolean;
  /** What it said, where it should have said something else. */
  readonly said?: string;
}

export interface TableHost {
  open(options: typeof worldOptions): Promise<Runtime>;
  /** Milliseconds. */
  now(): number;
  /** It counts what other programs of the machine do, too: a late end is tried again, and measured against a loop of known length. */
  readonly isWallClock: boolean;
  /** Runs end by a budget: late is what takes longer than an endless loop. */
  readonly countsBudget?: boolean;
}

export interface MeasureOptions {
  /** Part of a kind's and a program's name. */
  readonly only?: string;
  /** Every so many programs. Default all. */
  readonly each?: number;
  /** Only those that make the host work. */
  readonly work?: boolean;
  /** Instead of those of the house. */
  readonly kinds?: readonly Kind[];
}

/** Of real time. */
const waitsMs = 20_000;
const mostTries = 3;
/** For a program that ends by itself, where runs have a budget. */
const enoughInstructions = 3_000_000_000;

export async function measure(
  host: TableHost,
  { only = "", each = 1, work = false, kinds = known }: MeasureOptions,
  started: (name: string) => void = () => {},
): Promise<Measured[]> {
  const out: Measured[] = [];
  const pace = host.isWallClock ? new Pace() : undefined;
  for (const { name: kind, programs, limitMs: givenMs, lateMs, isWork, ends, limits } of kinds) {
    if (work && !isWork) continue;
    const countsBudget = host.countsBudget === true && ends !== true;
    const budget = countsBudget || !host.countsBudget ? {} : { runInstructions: enoughInstructions };
    const runtime = await host.open({ ...worldOptions, limits: { ...worldOptions.limits, ...limits, ...budget } });
    await furnish(runtime);
    // What is compiled and loaded once is not what an attack costs.
    for (let i = 0; i < 5; i++) await attack(runtime, "while true do end", 50);
    const limitMs = countsBudget ? await loopMs(host, runtime) : givenMs;
    for (const program of programs.filter(({ name }, i) => `${kind}: ${name}`.includes(only) && i % each === 0)) {
      started(`${kind}: ${program.name}`);
      let best: Measured | undefined;
      for (let tries = 0; tries < (pace ? mostTries : 1) && (best?.lateMs ?? lateMs + 1) > lateMs; tries++) {
        const now = await once(host, runtime, program, countsBudget ? limitMs : (program.limitMs ?? limitMs));
        const late = pace ? now.lateMs / pace.slowness() : now.lateMs;
        if (!best || late < best.lateMs) best = { kind, ...now, lateMs: late };
      }
      if (best) out.push(best);
    }
    await runtime.close();
  }
  return out;
}

/** How long an endless loop takes, at most. */
async function loopMs(host: TableHost, runtime: Runtime): Promise<number> {
  let most = 0;
  for (let i = 0; i < 3; i++) {
    const from = host.now();
    await attack(runtime, "while true do end", waitsMs);
    most = Math.max(most, host.now() - from);
  }
  return most;
}

async function once(host: TableHost, runtime: Runtime, { name, code, mustSay }: Program, limitMs: number) {
  const cacheId = (await runtime.call("victim-keep")).content;
  const before = (await runtime.call("victim-check")).content;
  const from = host.now();
  const { ended, text } = await attack(runtime, code, limitMs, cacheId);
  const lateMs = Math.max(0, host.now() - from - limitMs);
  const ask = (entry: string, args = {}) =>
    runtime.call(entry, args).then(
      ({ content }) => content,
      (error: { code?: string }) => `failed: ${error.code}`,
    );
  const answers = [
    await ask("bystander-ping"),
    await ask("attacker-run", { code: "return 42" }),
    await ask("victim-check"),
  ];
  const usable = answers.join() === ["pong", "42", before].join();
  await clean(runtime);
  const said = mustSay === undefined || new RegExp(mustSay).test(text) ? {} : { said: text.slice(0, 100) };
  return { name, ended, lateMs, usable, ...said };
}

const kept = ["skills", "config", "databases", "state", "dependencies"];

/** What a program has left must not be in the way of the next, nor fill the tree. */
async function clean(runtime: Runtime): Promise<void> {
  for (const name of await runtime.fs.list("/runtime"))
    if (!kept.includes(name)) await runtime.fs.remove(`/runtime/${name}`, { recursive: true });
}

interface Ended {
  readonly ended: string;
  /** What it answered, or the text of the error. */
  readonly text: string;
}

function attack(runtime: Runtime, code: string, timeoutMs: number, cacheId = ""): Promise<Ended> {
  return Promise.race([
    runtime.call("attacker-run", { code, cache_id: cacheId }, { timeoutMs }).then(
      ({ content }) => ({ ended: "returned", text: content }),
      (error: { code?: string; message?: string }) => ({ ended: String(error.code), text: String(error.message) }),
    ),
    // A run that waits uses no processor time: where that is the clock, it stands still.
    new Promise<Ended>((resolve) => setTimeout(resolve, waitsMs, { ended: "waits", text: "" })),
  ]);
}
