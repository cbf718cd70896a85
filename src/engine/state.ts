/**
 * What answers to requests work on: one engine, and the further engines of the native API.
 * @module
 */

import type { SerialQueue } from "../base/serial-queue.ts";
import type { EngineOptions } from "../contract/contract.ts";
import type { HostOptions } from "../skills/options/host-options.ts";
import type { EngineCore } from "./core.ts";
import type { Gate } from "./gate.ts";
import type { RequestAbort } from "./request-abort.ts";
import type { RunningJob } from "./storage/job.ts";

export interface RequestContext {
  readonly abort: RequestAbort;
  readonly requestId?: number | undefined;
}

export interface EngineState {
  readonly core: EngineCore;
  readonly queue: SerialQueue;
  readonly engines: EngineTable;
  /** Work on the store that the page steps through, by its number. */
  readonly jobs: Map<number, RunningJob>;
  readonly gate: Gate;
  flush(): Promise<void>;
}

/** Engines by their number (engine.md §11.2). Number 1 is the runtime; the others share its platform and nothing else. */
export class EngineTable {
  readonly #engines = new Map<number, EngineState>();
  #lastId = 0;

  /** `assemble`: an engine with options of its own on the same platform. */
  constructor(readonly assemble: (options: EngineOptions, hostOptions: HostOptions) => EngineCore) {}

  add(engine: EngineState): number {
    this.#lastId += 1;
    this.#engines.set(this.#lastId, engine);
    return this.#lastId;
  }

  get(id: number): EngineState | undefined {
    return this.#engines.get(id);
  }

  remove(id: number): void {
    this.#engines.delete(id);
  }

  /** Ends every engine but the runtime, which its owner closes. */
  close(runtime: EngineState): void {
    for (const engine of this.#engines.values()) if (engine !== runtime) engine.core.close();
  }
}
