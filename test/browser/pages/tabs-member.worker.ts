/**
 * What the tabs of scenarios/tabs do: a member makes calls for as long as it lives, a witness that takes no part hears what
 * was acknowledged and how long nobody led. Both are modules that a page imports.
 * @module
 */
import { meetingName, storeLockName, tabLockName } from "../../../src/client/tabs/names.ts";
import { createRuntime, LuaSkillsError, type Runtime, type StorageOptions } from "../../../src/index.ts";

const folder = "/runtime/data";
const journal = `${folder}/journal`;
const note = `local f = assert(io.open("${journal}", "a")) f:write(args.line, "\\n") f:close()`;

/** What a member tells. A line is of one call: acknowledged, or nobody knows. */
export interface Told {
  readonly line?: string;
  readonly fault?: string;
  /** A tab that does nothing else has the lock of the leader that ended. */
  readonly bare?: true;
}

/** What the witness has heard. */
export interface Heard {
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly faults: readonly string[];
  /** Milliseconds from the end of each leader to the next that answers. */
  readonly withoutLeader: readonly number[];
  /** To the answer of a tab that only takes the lock: what the browser and the machine take of it. */
  readonly bare: readonly number[];
}

let runtime: Runtime | undefined;
let stopped = false;

/** Makes calls one after the other, until the page is gone or {@link rest} is called. */
export async function take(part: { readonly storage: StorageOptions; readonly name: string }): Promise<void> {
  const told = new BroadcastChannel("witness");
  const own = await createRuntime({ storage: part.storage });
  runtime = own;
  if ((await own.fs.stat(folder)) === undefined) await own.fs.mkdir(folder);
  void (async () => {
    for (let call = 1; !stopped; call++) {
      const line = `${part.name}:${call}`;
      try {
        await own.runLua(note, { line });
        told.postMessage({ line } satisfies Told);
      } catch (thrown) {
        // What the leader had begun when it went: it may be there or not, and is not asked for again.
        if (thrown instanceof LuaSkillsError && thrown.code === "leader_changed") continue;
        told.postMessage({ fault: `${line}: ${String(thrown)}` } satisfies Told);
        return;
      }
    }
  })();
}

export async function rest(): Promise<string> {
  stopped = true;
  await runtime?.flush();
  return runtime?.capabilities.role ?? "none";
}

const acknowledged: string[] = [];
const faults: string[] = [];
const withoutLeader: number[] = [];
const bareAnswers: number[] = [];

/** Hears everything from now on. */
export function witness(store: string): void {
  let endedAt: number | undefined;
  new BroadcastChannel("witness").onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.line !== undefined) acknowledged.push(data.line);
    if (data.fault !== undefined) faults.push(data.fault);
    if (data.bare && endedAt !== undefined) bareAnswers.push(performance.now() - endedAt);
  };
  watchLeaders(store, {
    leads() {
      if (endedAt !== undefined) withoutLeader.push(performance.now() - endedAt);
      endedAt = undefined;
    },
    ended() {
      endedAt = performance.now();
    },
  });
}

/** Takes the lock of each leader that ends, and says so. */
export function bare(store: string): void {
  const told = new BroadcastChannel("witness");
  watchLeaders(store, { leads() {}, ended: () => told.postMessage({ bare: true } satisfies Told) });
}

function watchLeaders(store: string, { leads, ended }: { leads(): void; ended(): void }): void {
  new BroadcastChannel(meetingName(store)).onmessage = ({ data }: MessageEvent<{ type: string }>) => {
    if (data.type !== "lead") return;
    leads();
    void leaderLock(store).then((name) => navigator.locks.request(name, { mode: "shared" }, ended));
  };
}

async function leaderLock(store: string): Promise<string> {
  const { held = [] } = await navigator.locks.query();
  const owner = held.find(({ name }) => name === storeLockName(store));
  const lock = held.find(
    ({ name, clientId }) => clientId === owner?.clientId && name?.startsWith(tabLockName(store, "")),
  );
  return lock?.name ?? "nobody";
}

/** After everybody rests: what the store says to what was heard. */
export async function verdict(storage: StorageOptions): Promise<Heard> {
  const own = await createRuntime({ storage });
  const lines = (await own.fs.readText(journal)).split("\n").filter(Boolean);
  await own.close();
  const seen = new Map<string, number>();
  for (const line of lines) seen.set(line, (seen.get(line) ?? 0) + 1);
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((line) => !seen.has(line)),
    doubled: [...seen].filter(([, times]) => times > 1).map(([line]) => line),
    faults,
    withoutLeader,
    bare: bareAnswers,
  };
}
