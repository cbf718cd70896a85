/**
 * Strategy J: JSPI suspends the whole wasm stack, so a host call may wait wherever Lua may call it. Every run has a C
 * stack of its own (they share linear memory) and, beside the first, a Lua thread of its own.
 * @module
 */
import { nextTurn } from "../../base/turn.ts";
import type { Run } from "../run.ts";
import { SUSPEND } from "../wasm/host-imports.ts";
import { HardStop } from "../wasm/instance.ts";
import { keepsStacks, webAssemblyPromising } from "./jspi.ts";
import { Abandoned, type Ending, type Scheduler, type SchedulerParts } from "./scheduler.ts";

/** Bytes of C stack for a run beside the first: a level of coroutines takes 400, one of gsub 1,300. */
const STACK_BYTES = 512 * 1024;

interface Lane {
  readonly L: number;
  readonly stackTop: number;
  readonly stackEnd: number;
}

export class JspiScheduler implements Scheduler {
  readonly #parts: SchedulerParts;
  readonly #call: (
    L: number,
    args: number,
    results: number,
    handler: number,
    ctx: number,
    k: number,
  ) => Promise<number>;
  readonly #lanes: Lane[] = [];
  readonly #runs = new Map<number, Run>();
  #lanesMade = 0;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#call = webAssemblyPromising(parts.instance.x.lua_pcallk);
  }

  canWait(_L: number, run: Run): boolean {
    return run.javascriptFrames === 0;
  }

  suspend(): number {
    return SUSPEND;
  }

  /**
   * Import host_wait, wrapped by WebAssembly.Suspending. Rejects only to leave the stack of a run that is over: the outcome
   * of what is waited for is raised inside wasm.
   */
  wait(): Promise<number> {
    const { instance, guard } = this.#parts;
    const run = guard.current;
    if (run?.stopped) {
      // The guard parks it here.
      guard.bank(run);
      run.abandon?.();
      return new Promise((_, reject) => leave(reject));
    }
    if (run?.paused) {
      run.paused = false;
      run.stackPointer = instance.x.stackSave();
      run.stackEnd = instance.stackEnd;
      guard.bank(run);
      return nextTurn().then(() => run.id);
    }
    const waitingFor = run?.waitingFor;
    if (!run || !waitingFor) throw new Error("a wait began that nobody asked for");
    run.waitingFor = undefined;
    run.stackPointer = instance.x.stackSave();
    run.stackEnd = instance.stackEnd;
    guard.bank(run);
    return new Promise((resolve, reject) => {
      run.watch(() => {
        run.abandon?.();
        leave(reject);
      });
      waitingFor.then((outcome) => {
        // Given up meanwhile.
        if (run.stopped) return;
        run.settle(outcome);
        resolve(run.id);
      });
    });
  }

  resumed(ticket: number): Run | undefined {
    const run = this.#runs.get(ticket);
    if (!run) return undefined;
    const { instance, guard } = this.#parts;
    instance.x.stackRestore(run.stackPointer);
    instance.useStack(run.stackEnd);
    guard.enter(run);
    return run;
  }

  execute(run: Run): Promise<Ending> {
    const { instance, guard } = this.#parts;
    const { x } = instance;
    const lane = this.#lanes.pop() ?? this.#newLane();
    const { L } = lane;
    this.#runs.set(run.id, run);
    const outer = guard.current;
    const stack = x.stackSave();
    const stackEnd = instance.stackEnd;
    return new Promise((resolve, reject) => {
      run.abandon = () => {
        this.#runs.delete(run.id);
        reject(new Abandoned());
      };
      guard.enter(run);
      x.stackRestore(lane.stackTop);
      instance.useStack(lane.stackEnd);
      x.lua_pushcclosure(L, instance.slots.runFailed, 0);
      x.lua_pushcclosure(L, instance.slots.runEntry, 0);
      const handler = x.lua_gettop(L) - 1;
      const finished = this.#call(L, 0, 0, handler, 0, 0);
      x.stackRestore(stack);
      instance.useStack(stackEnd);
      if (outer) guard.enter(outer);
      finished.then(
        (status) => {
          this.#runs.delete(run.id);
          resolve({ status, L, stackIntact: false, release: () => this.#release(lane) });
        },
        (thrown) => {
          this.#runs.delete(run.id);
          reject(thrown);
        },
      );
    });
  }

  #release(lane: Lane): void {
    this.#parts.instance.x.lua_settop(lane.L, 0);
    this.#lanes.push(lane);
  }

  /** The first lane lives on Emscripten's own stack area and on the main Lua thread. */
  #newLane(): Lane {
    const { instance } = this.#parts;
    const { low, high } = instance.runStackArea;
    if (this.#lanesMade++ === 0) return { L: instance.mainState, stackTop: high, stackEnd: low };
    const stackEnd = instance.allocate(STACK_BYTES);
    const stackTop = (stackEnd + STACK_BYTES) & ~15;
    return { L: instance.newThread(), stackTop, stackEnd };
  }
}

/** The stack is never entered again; where that does not free it, it is unwound. */
function leave(reject: (stop: HardStop) => void): void {
  if (keepsStacks) reject(new HardStop());
}
