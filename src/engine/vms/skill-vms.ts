/**
 * The VMs of one pool with the skills they hold: keyed by skill under `isolation: "skill"`, all alike under "shared".
 * @module
 */
import { timerMs } from "../../base/timers.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { VmKind } from "../../host/runtime/runtime.ts";
import type { Clock, LuaVm } from "../../lua/interface.ts";
import { type VmLoan, VmPool } from "../../lua/pool.ts";
import type { NormalPool } from "../../skills/options/pool.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { LiveRegistry } from "../skills/live-registry.ts";
import { LoadedVm } from "./loaded-vm.ts";
import type { RunState } from "./run-state.ts";
import type { VmBook } from "./vm-book.ts";

export interface SkillVmsOptions {
  readonly book: VmBook;
  readonly live: LiveRegistry;
  readonly clock: Clock;
  readonly kind: Exclude<VmKind, "lease">;
  readonly sizes: NormalPool;
  readonly isolated: boolean;
}

export interface BorrowedVm {
  readonly loaded: LoadedVm;
  readonly loan: VmLoan;
  /** To be discarded after this use. */
  readonly once: boolean;
}

/** The key of VMs without a skill, and of all VMs under "shared". */
const common = "";
/** No skill id has a space in it. */
const guestPrefix = "for ";
const guestKey = (behalf: string) => (behalf === "" ? common : guestPrefix + behalf);
const behalfOf = (key: string) => (key.startsWith(guestPrefix) ? key.slice(guestPrefix.length) : "");

export class SkillVms {
  readonly #pool: VmPool;
  readonly #loaded = new WeakMap<LuaVm, LoadedVm>();
  /** VMs whose chunks ran while the skills were verified, by key. */
  #verified: ReadonlyMap<string, LoadedVm> = new Map();
  /** A VM without skills, made ahead; whoever needs one first gets it. */
  #spare: LoadedVm | undefined;

  constructor(private readonly options: SkillVmsOptions) {
    const { sizes, clock } = options;
    this.#pool = new VmPool({
      size: { min: sizes.minSize, max: sizes.maxSize, idleTtlMs: sizes.idleTtlSecs * 1000 },
      clock,
      // One slot is for the others, however much a skill asks for.
      share: options.isolated ? Math.max(1, sizes.maxSize - 1) : sizes.maxSize,
      create: (key) => this.#make(key),
    });
  }

  /** VMs alive, busy or idle. */
  get size(): number {
    return this.#pool.total;
  }

  /**
   * A VM that holds `skill`, or none for host code. Runs below another never wait, so they cannot starve it.
   * `behalf`: the skill whose luaexec code it is for; what one skill leaves in such a VM no other one meets.
   * @throws LuaSkillsError when the skill does not load; `aborted` | `deadline_exceeded` | `runtime_closed` while waiting
   */
  async acquire(skill: LoadedSkill | undefined, run: RunState, behalf = ""): Promise<BorrowedVm> {
    const key = this.options.isolated ? (skill?.skillId ?? guestKey(behalf)) : common;
    const plan = this.options.book.modules?.plan(this.options.kind, this.options.isolated ? skill?.skillId : "", run);
    const once = plan?.once ?? false;
    const loan = await this.#slot(`${key}${plan?.key ?? ""}`, run);
    const loaded = this.#loaded.get(loan.vm);
    if (!loaded) throw new LuaSkillsError("internal", "the pool handed out a VM it did not make");
    if (loaded.ready && (skill || this.#isUpToDate(loaded))) return { loaded, loan, once };
    if (loaded.ready) {
      loan.discard();
      return this.acquire(skill, run, behalf);
    }
    try {
      await plan?.furnish(loaded.vm);
      await this.options.live.loadInto(loaded, key, run);
    } catch (thrown) {
      loan.discard();
      const error = LuaSkillsError.from(thrown);
      if (skill) this.options.live.loadFailed(skill, error);
      throw error;
    }
    return { loaded, loan, once };
  }

  /** As {@link acquire} where that takes no time: its VM is there, and no modules are to be looked after. */
  acquireIdle({ skillId }: LoadedSkill, run: RunState): BorrowedVm | undefined {
    if (this.options.book.modules) return undefined;
    const key = this.options.isolated ? skillId : common;
    const loan = this.#pool.acquireIdle(key, { nested: run.depth > 0, signal: run.signal });
    if (!loan) return undefined;
    const loaded = this.#loaded.get(loan.vm);
    if (loaded?.ready) return { loaded, loan, once: false };
    loan.release();
    return undefined;
  }

  /** Fills up to the minimum, with the VMs of a verification first. Nothing was loaded into the pool before. */
  async prewarm(verified: ReadonlyMap<string, LoadedVm>, run: RunState): Promise<void> {
    this.#verified = verified;
    for (const [key, loaded] of verified) {
      loaded.endLoading(this.options.live.skillsOf(key));
      await this.#pool.prewarm(key, 1);
    }
    this.#verified = new Map();
    if (this.options.isolated) {
      this.#spare ??= this.#create();
      return;
    }
    // Held together, or each would be the one given back before.
    const missing = Math.max(0, this.#pool.size.min - this.#pool.total);
    const borrowed = await Promise.all(Array.from({ length: missing }, () => this.acquire(undefined, run)));
    for (const { loan } of borrowed) loan.release();
  }

  /** Idle VMs end now, busy ones when they are given back. */
  retire(): void {
    this.#pool.retire();
    this.dropSpare();
  }

  /** As retire, and nobody waits any longer. */
  close(): void {
    this.#pool.close();
    this.dropSpare();
  }

  /** A VM nobody has used, to be given back with {@link giveSpare}. */
  takeSpare(): LoadedVm {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare && this.#isUpToDate(spare)) return spare;
    spare?.vm.close();
    return this.#create();
  }

  /** A skill's VM keeps what it has until a reload; code of the host meets no such history. */
  #isUpToDate(loaded: LoadedVm): boolean {
    return !this.options.isolated || loaded.surroundings === this.options.book.surroundings();
  }

  giveSpare(loaded: LoadedVm): void {
    if (this.#spare || !loaded.vm.usable) loaded.vm.close();
    else this.#spare = loaded;
  }

  #make(poolKey: string): LuaVm {
    const [key = "", plan = ""] = poolKey.split("\n");
    const loaded = this.#verified.get(poolKey) ?? (plan.startsWith("!") ? this.#create(true) : this.takeSpare());
    this.#loaded.set(loaded.vm, loaded);
    const behalf = behalfOf(key);
    this.options.book.own(loaded.vm, behalf === "" ? key : "", behalf);
    return loaded.vm;
  }

  #create(frozen = false): LoadedVm {
    const { book, kind } = this.options;
    return new LoadedVm(book.create(kind, frozen), kind, book.surroundings());
  }

  /** A VM made ahead keeps what it was made with: what changes that drops it. */
  dropSpare(): void {
    this.#spare?.vm.close();
    this.#spare = undefined;
  }

  #slot(key: string, run: RunState): Promise<VmLoan> {
    const nested = run.depth > 0;
    if (nested || run.deadline === Number.POSITIVE_INFINITY || this.#pool.hasSlot(key)) {
      return this.#pool.acquire(key, { nested, signal: run.signal });
    }
    return this.#slotInTime(key, run);
  }

  /** Waiting for a slot counts against the time limit of the run. */
  async #slotInTime(key: string, run: RunState): Promise<VmLoan> {
    const controller = new AbortController();
    const giveUp = () => controller.abort();
    const timer = setTimeout(giveUp, timerMs(run.timeLeft));
    run.signal?.addEventListener("abort", giveUp);
    try {
      return await this.#pool.acquire(key, { signal: controller.signal });
    } catch (thrown) {
      if (!controller.signal.aborted || run.signal?.aborted) throw thrown;
      throw new LuaSkillsError("deadline_exceeded", "the time limit passed while the call waited for a free Lua VM", {
        cause: thrown,
      });
    } finally {
      clearTimeout(timer);
      run.signal?.removeEventListener("abort", giveUp);
    }
  }
}
