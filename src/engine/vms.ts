/**
 * The VMs of one pool (vulcan-api.md §3.2), keyed by skill under `isolation: "skill"` and all alike under "shared".
 * Sizes count per key; nested uses do not count. Nothing runs in the background: idle VMs end when the pool is used.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { VmKind } from "../host/runtime.ts";
import type { NormalPool } from "../skills/host-options.ts";
import type { LoadedSkill } from "../skills/types.ts";
import type { EngineCore } from "./core.ts";
import { LoadedVm } from "./loaded-vm.ts";
import type { RunState } from "./run-state.ts";

interface Idle {
  readonly loaded: LoadedVm;
  readonly key: string;
  readonly since: number;
}

interface Waiter {
  readonly wake: () => void;
}

/** The key of VMs without a skill, and of all VMs under "shared". */
const common = "";

export class SkillVms {
  /** The most recently released last. */
  #idle: Idle[] = [];
  readonly #totals = new Map<string, number>();
  readonly #keys = new Map<LoadedVm, string>();
  readonly #waiters = new Map<string, Waiter[]>();
  /** A VM without skills, made ahead; whoever needs one first gets it. */
  #spare: LoadedVm | undefined;
  #closed = false;

  constructor(
    private readonly core: EngineCore,
    private readonly kind: Exclude<VmKind, "lease">,
    private readonly sizes: NormalPool,
  ) {}

  /** VMs alive, busy or idle. */
  get size(): number {
    return this.#keys.size;
  }

  /** @throws LuaSkillsError when the skill does not load, or `aborted` / `deadline_exceeded` while waiting */
  async acquire(
    skill: LoadedSkill | undefined,
    use: { readonly nested: boolean; readonly run: RunState },
  ): Promise<LoadedVm> {
    const key = this.#keyOf(skill);
    this.#reap();
    for (;;) {
      const idle = this.#take(key);
      if (idle) return idle;
      if (use.nested || (this.#totals.get(key) ?? 0) < this.sizes.maxSize) return this.#create(key, skill, use.run);
      await this.#released(key, use.run);
    }
  }

  release(loaded: LoadedVm): void {
    const key = this.#keys.get(loaded);
    if (key === undefined || this.#closed || (this.#totals.get(key) ?? 0) > this.sizes.maxSize) {
      this.discard(loaded);
      return;
    }
    this.#idle.push({ loaded, key, since: this.core.platform.clock.now() });
    this.#wake(key);
    this.#reap();
  }

  discard(loaded: LoadedVm): void {
    const key = this.#keys.get(loaded);
    if (key !== undefined) {
      this.#keys.delete(loaded);
      this.#totals.set(key, (this.#totals.get(key) ?? 1) - 1);
      this.#wake(key);
    }
    loaded.vm.close();
  }

  /** Takes over VMs whose chunks ran while the skills were verified, then fills up to the minimum. */
  async prewarm(verified: ReadonlyMap<string, LoadedVm>, run: RunState): Promise<void> {
    for (const [key, loaded] of verified) {
      if (this.#keys.size >= this.core.limits.pooledVms) {
        loaded.vm.close();
        continue;
      }
      loaded.endLoading(this.core.skillsOf(key));
      this.#count(key, loaded);
      this.release(loaded);
    }
    if (this.core.isolated) {
      this.#spare ??= new LoadedVm(this.core.createVm(this.kind), this.kind);
      return;
    }
    while (this.size < this.sizes.minSize) this.release(await this.#create(common, undefined, run));
  }

  /** Idle VMs end now, busy ones when they are given back. */
  close(): void {
    this.#closed = true;
    for (const { loaded } of this.#idle.splice(0)) this.discard(loaded);
    this.#spare?.vm.close();
    this.#spare = undefined;
  }

  /** A VM nobody has used, to be given back with {@link giveSpare}. */
  takeSpare(): LoadedVm {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? new LoadedVm(this.core.createVm(this.kind), this.kind);
  }

  giveSpare(loaded: LoadedVm): void {
    if (this.#closed || this.#spare || !loaded.vm.usable) loaded.vm.close();
    else this.#spare = loaded;
  }

  #keyOf(skill: LoadedSkill | undefined): string {
    return this.core.isolated ? (skill?.skillId ?? common) : common;
  }

  #take(key: string): LoadedVm | undefined {
    const at = this.#idle.findLastIndex((idle) => idle.key === key);
    return at === -1 ? undefined : this.#idle.splice(at, 1)[0]?.loaded;
  }

  #count(key: string, loaded: LoadedVm): void {
    this.#keys.set(loaded, key);
    this.#totals.set(key, (this.#totals.get(key) ?? 0) + 1);
  }

  async #create(key: string, skill: LoadedSkill | undefined, run: RunState): Promise<LoadedVm> {
    this.#makeRoom();
    const loaded = this.takeSpare();
    this.#count(key, loaded);
    try {
      await this.core.loadInto(loaded, key, run);
      return loaded;
    } catch (thrown) {
      this.discard(loaded);
      if (skill) this.core.loadFailed(skill, LuaSkillsError.from(thrown));
      throw thrown;
    }
  }

  /** Waits until a VM of this key may be free; the caller tries again. */
  async #released(key: string, run: RunState): Promise<void> {
    const waiters = this.#waiters.get(key) ?? [];
    this.#waiters.set(key, waiters);
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { wake: () => settle(resolve) };
      const settle = (done: () => void) => {
        clearTimeout(timer);
        run.signal?.removeEventListener("abort", aborted);
        const at = waiters.indexOf(waiter);
        if (at !== -1) waiters.splice(at, 1);
        done();
      };
      const fail = (code: "aborted" | "deadline_exceeded", why: string) =>
        settle(() => reject(new LuaSkillsError(code, `${why} while waiting for a free VM (pool.max_size)`)));
      const aborted = () => fail("aborted", "the caller gave up");
      const timer =
        run.deadline === Number.POSITIVE_INFINITY
          ? undefined
          : setTimeout(() => fail("deadline_exceeded", "the time limit passed"), run.timeLeft);
      run.signal?.addEventListener("abort", aborted);
      waiters.push(waiter);
      if (run.signal?.aborted) aborted();
    });
  }

  #wake(key: string): void {
    this.#waiters.get(key)?.[0]?.wake();
  }

  #reap(): void {
    const oldest = this.core.platform.clock.now() - this.sizes.idleTtlSecs * 1000;
    for (const idle of [...this.#idle]) {
      if (this.size <= this.sizes.minSize) break;
      if (idle.since <= oldest) this.#drop(idle);
    }
  }

  /** Ends the VM that was idle longest when the pool holds as many as it may. */
  #makeRoom(): void {
    const [longest] = this.#idle;
    if (longest && this.size >= this.core.limits.pooledVms) this.#drop(longest);
  }

  #drop(idle: Idle): void {
    this.#idle = this.#idle.filter((other) => other !== idle);
    this.discard(idle.loaded);
  }
}
