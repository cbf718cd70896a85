/**
 * A pool of VMs (vulcan-api.md §3.2, engine.md §1.7). VMs are kept by key: with isolation by skill the key is the skill,
 * with shared VMs there is one key.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { AbortWatch, Clock, LuaVm } from "./interface.ts";

/** Sizes are normalised: min at least 1, max at least min, idle time at least 1 ms. */
export interface PoolSize {
  /** VMs that are never retired for being idle. */
  readonly min: number;
  /** VMs in use at the same time, nested ones not counted. */
  readonly max: number;
  /** Milliseconds an idle VM is kept. */
  readonly idleTtlMs: number;
}

export interface PoolOptions {
  readonly size: PoolSize;
  readonly clock: Clock;
  readonly create: (key: string) => LuaVm | Promise<LuaVm>;
  /** Idle VMs kept over all keys; the one unused for longest goes first. Default: max, at least 8. */
  readonly maxIdle?: number;
  /** VMs of one key in use at the same time: what is left is for the others. Default all. */
  readonly share?: number;
  /** VMs whose runs wait for the host without a slot. Default 64. */
  readonly maxPaused?: number;
}

export interface AcquireOptions {
  /** Gives up waiting. */
  readonly signal?: AbortWatch | undefined;
  /** For a call made out of a run that holds a VM already: never waits, so it cannot deadlock. */
  readonly nested?: boolean;
}

/** A VM in use. Exactly one of `release` and `discard` ends it; further calls do nothing. */
export interface VmLoan {
  readonly vm: LuaVm;
  /** Gives the VM back; one that is no longer usable is discarded instead. */
  release(): void;
  /**
   * Its run waits for the host, which may call for a VM itself: others get the slot. The result takes the slot back, at once,
   * even when all are taken by then.
   */
  pause(): () => void;
  discard(): void;
}

interface Waiting {
  readonly key: string;
  wake(slot: "yours" | LuaSkillsError): void;
}

interface Idle {
  readonly key: string;
  readonly vm: LuaVm;
  readonly since: number;
}

export class VmPool {
  readonly size: PoolSize;
  readonly #clock: Clock;
  readonly #create: (key: string) => LuaVm | Promise<LuaVm>;
  readonly #maxIdle: number;
  /** Longest idle first. */
  #idle: Idle[] = [];
  #busy = 0;
  /** Of these, by key. */
  readonly #busyOf = new Map<string, number>();
  readonly #share: number;
  #nested = 0;
  #paused = 0;
  readonly #maxPaused: number;
  readonly #waiting: Waiting[] = [];
  #retired = false;
  #closed = false;

  constructor(options: PoolOptions) {
    const min = Math.max(options.size.min, 1);
    const max = Math.max(options.size.max, min);
    this.size = { min, max, idleTtlMs: Math.max(options.size.idleTtlMs, 1) };
    this.#clock = options.clock;
    this.#create = options.create;
    this.#maxIdle = options.maxIdle ?? Math.max(max, 8);
    this.#maxPaused = options.maxPaused ?? 64;
    this.#share = options.share ?? max;
  }

  /** VMs alive, in use or idle. */
  get total(): number {
    return this.#busy + this.#paused + this.#nested + this.#idle.length;
  }

  get busy(): number {
    return this.#busy + this.#nested;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Takes the VM of this key released last, makes one, or waits until a VM is given back.
   * @throws LuaSkillsError aborted, runtime_closed, overloaded (too many runs wait for the host); whatever making a VM throws
   */
  async acquire(key: string, { signal, nested = false }: AcquireOptions = {}): Promise<VmLoan> {
    if (signal?.aborted) throw aborted();
    if (this.#closed) throw closed();
    this.#reap();
    if (nested) this.#nested++;
    else if (this.hasSlot(key)) this.#take(key, 1);
    else if (this.#paused >= this.#maxPaused) throw overloaded(this.#paused);
    else await this.#slot(key, signal);
    try {
      const vm = this.#takeIdle(key) ?? (await this.#create(key));
      return this.#loan(key, vm, nested);
    } catch (thrown) {
      this.#leave(key, nested);
      throw thrown;
    }
  }

  /** As {@link acquire}, for a VM of this key that is there and idle; undefined: there is none, or no slot. */
  acquireIdle(key: string, { signal, nested = false }: AcquireOptions = {}): VmLoan | undefined {
    if (signal?.aborted || this.#closed || !(nested || this.hasSlot(key))) return undefined;
    this.#reap();
    const vm = this.#takeIdle(key);
    if (!vm) return undefined;
    if (nested) this.#nested++;
    else this.#take(key, 1);
    return this.#loan(key, vm, nested);
  }

  /** Makes VMs of `key` until it has `min` idle ones (or `count`). */
  async prewarm(key: string, count = this.size.min): Promise<void> {
    const wanted = count - this.#idle.filter((idle) => idle.key === key).length;
    for (let i = 0; i < wanted && !this.#retired; i++) {
      const vm = await this.#create(key);
      this.#keep(key, vm);
    }
  }

  /** What the VMs have loaded is out of date: idle ones are closed now, those in use when they come back. Who waits still gets a new one. */
  retire(): void {
    this.#retired = true;
    for (const { vm } of this.#idle) vm.close();
    this.#idle = [];
  }

  /** As retire, and fails everyone who waits with `runtime_closed`. */
  close(): void {
    this.#closed = true;
    this.retire();
    for (const { wake } of this.#waiting.splice(0)) wake(closed());
  }

  #slot(key: string, signal: AbortWatch | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        key,
        wake: (slot) => {
          signal?.removeEventListener("abort", giveUp);
          if (slot === "yours") resolve();
          else reject(slot);
        },
      };
      const giveUp = () => {
        signal?.removeEventListener("abort", giveUp);
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(aborted());
      };
      signal?.addEventListener("abort", giveUp);
      this.#waiting.push(waiting);
    });
  }

  /** Whether {@link acquire} would not have to wait. */
  hasSlot(key: string): boolean {
    return this.#busy < this.size.max && (this.#busyOf.get(key) ?? 0) < this.#share;
  }

  #take(key: string, count: 1 | -1): void {
    this.#busy += count;
    this.#busyOf.set(key, (this.#busyOf.get(key) ?? 0) + count);
  }

  #loan(key: string, vm: LuaVm, nested: boolean): VmLoan {
    let over = false;
    let paused = false;
    const end = (keep: boolean) => {
      if (over) return;
      over = true;
      if (keep && vm.usable && !this.#retired) this.#keep(key, vm);
      else vm.close();
      if (paused) this.#paused--;
      else this.#leave(key, nested);
      paused = false;
      this.#reap();
    };
    const pause = () => {
      if (over || paused || nested || this.#paused >= this.#maxPaused) return () => {};
      paused = true;
      this.#paused++;
      this.#leave(key, false);
      return () => {
        if (!paused) return;
        paused = false;
        this.#paused--;
        this.#take(key, 1);
      };
    };
    return { vm, release: () => end(true), discard: () => end(false), pause };
  }

  /** Gives the slot back, and hands free ones to those next in line whose key may have one. */
  #leave(key: string, nested: boolean): void {
    if (nested) {
      this.#nested--;
      return;
    }
    this.#take(key, -1);
    for (;;) {
      const at = this.#waiting.findIndex((waiting) => this.hasSlot(waiting.key));
      const [next] = at === -1 ? [] : this.#waiting.splice(at, 1);
      if (!next) return;
      this.#take(next.key, 1);
      next.wake("yours");
    }
  }

  #takeIdle(key: string): LuaVm | undefined {
    for (let i = this.#idle.length - 1; i >= 0; i--) {
      const idle = this.#idle[i];
      if (idle?.key !== key) continue;
      this.#idle.splice(i, 1);
      if (idle.vm.usable) return idle.vm;
    }
    return undefined;
  }

  #keep(key: string, vm: LuaVm): void {
    this.#idle.push({ key, vm, since: this.#clock.now() });
    while (this.#idle.length > this.#maxIdle) this.#idle.shift()?.vm.close();
  }

  #reap(): void {
    const limit = this.#clock.now() - this.size.idleTtlMs;
    let oldest = this.#idle[0];
    while (oldest && oldest.since <= limit && this.total > this.size.min) {
      this.#idle.shift();
      oldest.vm.close();
      oldest = this.#idle[0];
    }
  }
}

const overloaded = (paused: number) =>
  new LuaSkillsError(
    "overloaded",
    `${paused} runs wait for the host, and none of them has come back: does a host tool call the runtime without end?`,
  );
const aborted = () => new LuaSkillsError("aborted", "the call was aborted while it waited for a free Lua VM");
const closed = () => new LuaSkillsError("runtime_closed", "the runtime was closed while a call waited for a Lua VM");
