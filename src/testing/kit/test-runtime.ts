/**
 * A real runtime for tests: in this thread, in memory, on a clock of its own, without a network.
 * @module
 */
import { superviseRuntime } from "../../client/supervise.ts";
import type { Runtime, RuntimeOptions } from "../../contract/contract.ts";
import { createEngine } from "../../engine/engine.ts";
import type { ModuleProbe } from "../../engine/interface.ts";
import { bootLua } from "../../lua/wasm/boot.ts";
import type { CommandGroup } from "../../modules/dispatcher.ts";
import { assemblePlatform } from "../../platforms/assemble.ts";
import { luaWasm, sqliteWasm } from "../../platforms/node/package-files.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { InlineLink } from "../../wire/inline-link.ts";
import { TestClock } from "./test-clock.ts";

export interface TestRuntimeOptions extends Omit<RuntimeOptions, "storage" | "worker" | "workerUrl" | "wasm"> {
  /** Default: a clock that jumps to the next sleeper. */
  readonly clock?: TestClock;
  /** Handlers of commands, before any other. */
  readonly dispatchers?: readonly CommandGroup[];
  /** Paths below the runtime root → text. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface TestRuntime extends Runtime {
  readonly clock: TestClock;
  /** What modules have not ended: see `leakCheck`. */
  readonly openWork: ModuleProbe;
}

/**
 * A deterministic runtime: fixed clock, no network unless `fetch` is given, nothing from the machine.
 *
 * @example
 * const runtime = await createTestRuntime({ modules: ["json"], grants: { "*": ["json"] } });
 */
export async function createTestRuntime(options: TestRuntimeOptions = {}): Promise<TestRuntime> {
  const { clock = new TestClock(), dispatchers = [], files = {}, ...rest } = options;
  let probe: ModuleProbe = () => ({ calls: 0, yields: 0, objects: 0, started: 0 });
  const { runtime } = await superviseRuntime(
    { fetch: refuseNetwork, ...rest, storage: { kind: "memory" } },
    {},
    () =>
      new InlineLink(async ({ options: given }, wiring) => {
        const store = new MemoryStore();
        store.fs.mkdir("/runtime", { recursive: true });
        for (const [name, text] of Object.entries(files)) {
          const path = `/runtime/${name}`;
          store.fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
          store.fs.writeFile(path, new TextEncoder().encode(text));
        }
        const parts = {
          environment: "node",
          lua: bootLua({ wasm: luaWasm(), waiting: rest.waiting }),
          store: Promise.resolve(store),
          sqliteWasm: sqliteWasm(),
        } as const;
        const platform = {
          ...(await assemblePlatform(parts, wiring)),
          clock,
          commandGroups: dispatchers,
          probeModules: (given: ModuleProbe) => {
            probe = given;
          },
        };
        return createEngine(platform, given);
      }),
  );
  return Object.assign(runtime, { clock, openWork: () => probe() });
}

const refuseNetwork: NonNullable<RuntimeOptions["fetch"]> = async (url) => {
  throw new TypeError(`network failure: a test runtime has no network (${url}); give fetch: mockTransport([…]).fetch`);
};
