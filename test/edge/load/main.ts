// node scripts/run-ts.mjs test/edge/load/main.ts [--objects 1000] [--clients 50] [--seconds 60] [--kills 2] [--session 5]
// Many tenants in a real workerd on this machine: sessions of mixed calls (--session 1: every call to another object, the
// worst case), objects let go of at random, workerd killed now and then.
// Afterwards every acknowledged write has to be there. Prints throughput, p50/p99 and memory. Last line `N passed, N failed`.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Miniflare } from "miniflare";
import { startWorker } from "../cloudflare/start.ts";
import { zipSkill } from "../zip-skill.ts";
import { ledgerSkill } from "./ledger-skill.ts";
import { workerdBytes, workerdCpuMs } from "./workerd-process.ts";

const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "1000" },
    clients: { type: "string", default: "50" },
    seconds: { type: "string", default: "60" },
    kills: { type: "string", default: "2" },
    session: { type: "string", default: "5" },
  },
});
const wanted = {
  objects: Number(values.objects),
  clients: Number(values.clients),
  seconds: Number(values.seconds),
  session: Number(values.session),
};
const zip = Buffer.from(await zipSkill("ledger", ledgerSkill)).toString("base64");
const folder = await mkdtemp(path.join(os.tmpdir(), "luaskills-load-"));

/** The workerd of the moment; clients wait here while it is being replaced. */
let worker: Promise<Miniflare> = startWorker({ persist: folder, idleMs: 30_000, shipped: true });
const acknowledged = new Map<number, Set<number>>();
let nextId = 1;
/** Of workerds that were killed. */
let endedCpuMs = 0;

/** The isolate had no room in time; nothing was done, and the client may try again. */
class TurnedAway extends Error {}

async function send(object: number, pathname: string, body?: unknown): Promise<unknown> {
  const response = await (await worker).dispatchFetch(`http://agents.test${pathname}`, {
    method: "POST",
    headers: { authorization: `Bearer t${object}-good`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status === 503 && text.includes('"overloaded"')) throw new TurnedAway();
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 200)}`);
  return pathname === "/v1/call" ? JSON.parse(text) : text;
}

async function install(object: number): Promise<void> {
  const source = { zip: { $bytes: zip }, skillId: "ledger" };
  const text = String(await send(object, "/v1/request", { op: "skills.install", source }));
  if (!text.includes('"ok":true')) throw new Error(`object ${object} could not install: ${text}`);
  acknowledged.set(object, new Set());
}

/** For what has to happen: turned away, it tries again. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TurnedAway)) throw error;
    }
  }
}

async function oneCall(object: number): Promise<void> {
  const dice = Math.random();
  if (dice < 0.02) await send(object, "/evict");
  else if (dice < 0.7) {
    const id = nextId++;
    await send(object, "/v1/call", { name: "ledger-put", args: { id } });
    acknowledged.get(object)?.add(id);
  } else await send(object, "/v1/call", { name: "ledger-read" });
}

interface LoadResult {
  readonly times: number[];
  readonly cut: number;
  readonly turnedAway: number;
  readonly errors: string[];
}

/** Runs `clients` loops until time is up; a call that a kill cut off is neither counted nor acknowledged. */
async function load(objects: number, seconds: number): Promise<LoadResult> {
  const times: number[] = [];
  const errors: string[] = [];
  let cut = 0;
  let turnedAway = 0;
  const end = performance.now() + seconds * 1000;
  const client = async () => {
    let object = 0;
    for (let calls = 0; performance.now() < end; calls++) {
      if (calls % wanted.session === 0) object = Math.floor(Math.random() * objects);
      const before = worker;
      await before;
      const started = performance.now();
      try {
        await oneCall(object);
        times.push(performance.now() - started);
      } catch (error) {
        if (error instanceof TurnedAway) turnedAway++;
        else if (before !== worker) cut++;
        else errors.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: wanted.clients }, client));
  return { times, cut, turnedAway, errors };
}

/** What an object was promised to hold and does not. */
async function missing(object: number): Promise<string[]> {
  const call = () => send(object, "/v1/call", { name: "ledger-read" });
  const { content } = (await insist(call)) as { content: string };
  const { rows, file } = JSON.parse(content) as { rows: unknown; file: string };
  const inFile = new Set(file.split("\n").filter(Boolean).map(Number));
  const inRows = new Set([...JSON.stringify(rows).matchAll(/"id\\?":(\d+)/g)].map(([, id]) => Number(id)));
  const lost = [...(acknowledged.get(object) ?? [])].filter((id) => !inFile.has(id) || !inRows.has(id));
  // One commit: what is in one of the two is in the other.
  const torn = inFile.size === inRows.size ? [] : [`object ${object}: ${inFile.size} lines, ${inRows.size} rows`];
  return [...lost.map((id) => `object ${object} lost ${id}`), ...torn];
}

async function verify(objects: number): Promise<string[]> {
  const problems: string[] = [];
  await inTurn(objects, async (object) => void problems.push(...(await missing(object))));
  return problems;
}

/** Runs `work` for every object from 0 on, as many at a time as there are clients. */
async function inTurn(objects: number, work: (object: number) => Promise<void>): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < objects) await work(next++);
  };
  await Promise.all(Array.from({ length: wanted.clients }, client));
}

const quantile = (times: readonly number[], q: number) =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
const sizes = [10, 100, 300, 1000].filter((n) => n < wanted.objects).concat(wanted.objects);
const checks: string[][] = [];
console.log(
  `${wanted.clients} clients, ${wanted.seconds} s in all, ${os.cpus()[0]?.model ?? "unknown CPU"} x ${os.cpus().length}`,
);
console.log("objects   installs/s  calls/s   p50 ms   p99 ms  CPU ms/call   engines  held MB   workerd MB");
try {
  await worker;
  for (const objects of sizes) {
    const from = performance.now();
    const before = acknowledged.size;
    await inTurn(objects, async (object) => {
      if (!acknowledged.has(object)) await insist(() => install(object));
    });
    const installSeconds = (performance.now() - from) / 1000;
    const seconds = wanted.seconds / sizes.length;
    const cpu = endedCpuMs + workerdCpuMs();
    const last = objects === wanted.objects;
    const killing = last ? killAtRandom(Number(values.kills), seconds) : Promise.resolve();
    const { times, cut, turnedAway, errors } = await load(objects, seconds);
    await killing;
    const cpuMs = endedCpuMs + workerdCpuMs() - cpu;
    const { engines, bytes } = JSON.parse(String(await send(0, "/memory"))) as { engines: number; bytes: number };
    console.log(
      [
        String(objects).padEnd(9),
        ((acknowledged.size - before) / installSeconds).toFixed(0).padStart(9),
        (times.length / seconds).toFixed(0).padStart(9),
        quantile(times, 0.5).toFixed(1).padStart(8),
        quantile(times, 0.99).toFixed(1).padStart(8),
        (cpuMs / times.length).toFixed(1).padStart(12),
        String(engines).padStart(9),
        (bytes / 2 ** 20).toFixed(0).padStart(8),
        (workerdBytes() / 2 ** 20).toFixed(0).padStart(12),
      ].join(" "),
    );
    if (turnedAway > 0) console.log(`  ${turnedAway} calls turned away: no room in the isolate in time`);
    if (cut > 0) console.log(`  ${cut} calls cut off by kills`);
    checks.push(errors);
  }
  checks.push(await verify(wanted.objects));
} finally {
  await (await worker).dispose();
  await rm(folder, { recursive: true, force: true });
}
const writes = [...acknowledged.values()].reduce((sum, ids) => sum + ids.size, 0);
for (const problems of checks) for (const problem of problems.slice(0, 20)) console.log(`FAILED ${problem}`);
const failed = checks.filter((problems) => problems.length > 0).length;
console.log(`${writes} acknowledged writes looked for`);
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function killAtRandom(times: number, seconds: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / (times + 1)));
    const dying = worker;
    worker = dying.then(async (old) => {
      endedCpuMs += workerdCpuMs();
      await old.dispose();
      return startWorker({ persist: folder, idleMs: 30_000, shipped: true });
    });
    await worker;
  }
}
