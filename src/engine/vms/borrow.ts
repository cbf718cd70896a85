/**
 * The bracket around every use of a pooled VM (vulcan-api.md §3.3): borrow, populate, run, check, give back or discard.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { VmKind } from "../../host/runtime/runtime.ts";
import { LuaRaise, type LuaReader, LuaRunError, type LuaValue, type RunOptions } from "../../lua/interface.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EnginePlatform } from "../interface.ts";
import type { CallCount } from "./call-count.ts";
import type { DriverName, LoadedVm } from "./loaded-vm.ts";
import type { RunState } from "./run-state.ts";
import type { BorrowedVm } from "./skill-vms.ts";
import type { VmBook } from "./vm-book.ts";
import type { VmPools } from "./vm-pools.ts";

/** The VMs of an engine. */
export interface EngineVms {
  readonly platform: Pick<EnginePlatform, "lua">;
  readonly book: VmBook;
  readonly vms: VmPools;
  readonly calls: CallCount;
}

const explanations = () => import("../calls/explanations.ts");

/** Calls a driver. `fail` turns what a failed run threw into what the caller should see. */
export type UseDriver = <T>(
  driver: DriverName,
  args: readonly LuaValue[],
  read: (reader: LuaReader) => T,
  fail: (thrown: unknown) => unknown,
) => Promise<T>;

export interface UseOptions {
  /** The skill whose luaexec code it is. */
  readonly behalf?: string | undefined;
  /** A nested call: its caller goes on with what it answered, whatever it did to its own `vulcan` (vulcan-api.md §5.2). */
  readonly forgives?: boolean;
  /** Whether the VM, which came out whole, may serve again. */
  readonly keeps?: (loaded: LoadedVm) => boolean;
}

/** Borrows a VM that holds `skill` (none: one for host code, or for code on behalf of a skill) for the time of `work`. */
export async function useVm<T>(
  engine: EngineVms,
  kind: Exclude<VmKind, "lease">,
  skill: LoadedSkill | undefined,
  run: RunState,
  work: (loaded: LoadedVm, use: UseDriver) => Promise<T>,
  { behalf = "", forgives = false, keeps = always }: UseOptions = {},
): Promise<T> {
  const { calls } = engine;
  const counted = skill?.skillId;
  if (counted !== undefined && !calls.enter(counted))
    throw (await explanations()).tooManyCalls(counted, calls.limitOf(counted));
  const pool = kind === "main" ? engine.vms.main : engine.vms.luaexec;
  let borrowed: BorrowedVm | undefined;
  let healthy = false;
  try {
    borrowed = (skill && pool.acquireIdle(skill, run)) ?? (await pool.acquire(skill, run, behalf));
    const { loaded } = borrowed;
    run.holds(borrowed.loan);
    // A luaexec that times out is an ordinary error there (vulcan-api.md §8.7); its VM stays in the pool.
    const result = await withRun(engine, loaded, run, kind === "main" ? "Lua VM" : "runlua VM", work, {
      keepAfterDeadline: kind === "luaexec",
      forgives,
    });
    healthy = !loaded.damaged;
    return result;
  } catch (thrown) {
    healthy = !(thrown instanceof DamagedVm) && borrowed?.loaded.damaged === false;
    throw thrown instanceof DamagedVm ? thrown.error : thrown;
  } finally {
    if (counted !== undefined) calls.leave(counted);
    if (borrowed) {
      const lost = !borrowed.loaded.vm.usable;
      giveBack(borrowed, healthy ? keeps : never);
      if (lost)
        explanations()
          .then((file) => file.replaceVm(engine.platform, pool))
          .catch(ignore);
    }
  }
}

const always = () => true;
const never = () => false;
const ignore = () => {};

function giveBack({ loaded, loan, once }: BorrowedVm, keeps: (loaded: LoadedVm) => boolean): void {
  if (!once && loaded.vm.usable && keeps(loaded)) loan.release();
  else loan.discard();
}

/** Carries the error of a use that destroyed the scope of its VM. */
export class DamagedVm extends Error {
  constructor(readonly error: unknown) {
    super("the scope of the VM is destroyed");
  }
}

/** Runs `work` with the VM bound to `run`. @throws DamagedVm when the VM has to go */
export async function withRun<T>(
  { book }: Pick<EngineVms, "book">,
  loaded: LoadedVm,
  run: RunState,
  label: string,
  work: (loaded: LoadedVm, use: UseDriver) => Promise<T>,
  { forgives = false, keepAfterDeadline }: Pick<RunOptions, "keepAfterDeadline"> & Pick<UseOptions, "forgives"> = {},
): Promise<T> {
  const use: UseDriver = async (driver, args, read, fail) => {
    let cleanup: string | undefined;
    let result: ReturnType<typeof read>;
    run.begins();
    try {
      result = await loaded.run(
        driver,
        args,
        (reader) => {
          cleanup = reader.text(1);
          if (cleanup !== undefined) loaded.damaged = true;
          if (cleanup !== undefined && !(forgives && reader.count > 1))
            throw new DamagedVm(new LuaSkillsError("lua_error", cleanup));
          return read(reader);
        },
        book.runOptions(run, keepAfterDeadline),
      );
    } catch (thrown) {
      if ((cleanup !== undefined && !forgives) || thrown instanceof DamagedVm) throw thrown;
      const { refusal } = run;
      let error = fail(consequence(run, thrown));
      if (refusal) error = (await explanations()).refusedFailure(refusal, error);
      throw afterFailure(loaded, forgives ? undefined : label, book.modules?.explained(loaded.vm, error) ?? error);
    } finally {
      run.count(loaded.vm.usage);
    }
    return result;
  };
  const preparing = book.prepare(loaded.vm);
  if (preparing) await preparing;
  book.bind(loaded.vm, run);
  try {
    return await work(loaded, use);
  } finally {
    book.modules?.ended(loaded.vm);
    book.unbind(loaded.vm);
  }
}

/** The text of an error counts as output. A limit of the request that ended a run below this one ends this one too, whatever error it raised on the way. */
function consequence(run: RunState, thrown: unknown): unknown {
  if (!(thrown instanceof LuaRunError)) return thrown;
  const message = run.spoken(thrown.message);
  if (run.stopped === undefined) {
    return message === thrown.message ? thrown : new LuaRunError(thrown.kind, message, thrown.details);
  }
  return new LuaRunError("stopped", message, { ...thrown.details, reason: run.stopped });
}

/** Looks after a VM whose run raised; a destroyed scope joins the error (§3.3), unless there is no `label` for it. */
function afterFailure(loaded: LoadedVm, label: string | undefined, error: unknown): unknown {
  if (!loaded.vm.usable) return error;
  const cleanup = loaded.check();
  if (cleanup === undefined) return error;
  loaded.damaged = true;
  if (label === undefined) return error;
  const suffix = `; pooled ${label} cleanup failed: ${cleanup}`;
  if (error instanceof LuaRaise) return new DamagedVm(new LuaRaise(error.message + suffix));
  const from = LuaSkillsError.from(error);
  return new DamagedVm(
    new LuaSkillsError(from.code, from.message + suffix, {
      data: from.data,
      cause: from,
      ...(from.luaTraceback === undefined ? {} : { luaTraceback: from.luaTraceback }),
    }),
  );
}
