/**
 * Reload and commit of a staged change, with rollback (spec engine.md §8.5 steps 3 and 4, §8.6).
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { LoadOutcome } from "../load/interface.ts";
import { reasonText } from "../vfs-text.ts";
import type { LifecycleContext } from "./context.ts";
import type { Journal } from "./journal.ts";

export interface StagedChange {
  /** As messages name it: `Install`, `Update`, `uninstall`. */
  readonly label: string;
  readonly roots: readonly SkillRoot[];
  readonly journal: Journal;
  /** Throws when the reloaded runtime is not what the change was for. */
  verify?(outcome: LoadOutcome): void;
  /** Between reload and commit, for progress. */
  committing?(): void;
  /** Writes or removes the state files; part of the commit. */
  writeState(): Promise<void>;
}

/**
 * On return the change is durable; the caller closes the journal when it has nothing more to remove.
 * @throws LuaSkillsError after the rollback.
 */
export async function finalizeChange(context: LifecycleContext, change: StagedChange): Promise<void> {
  const { journal, roots, label } = change;
  try {
    const outcome = await context.reload(roots, journal.entry.skillId);
    change.verify?.(outcome);
    await context.step?.("runtime-reloaded");
  } catch (thrown) {
    throw await rolledBack(context, change, `Failed to reload LuaSkills after ${label}`, thrown);
  }
  try {
    change.committing?.();
    await change.writeState();
    journal.commit();
    await context.step?.("change-committed");
    await context.commit();
    await context.step?.("change-durable");
  } catch (thrown) {
    throw await rolledBack(context, change, `Failed to finalize ${label}`, thrown);
  }
  try {
    journal.removeLeftovers();
  } catch (thrown) {
    // The change stands; the next load sweeps what is left.
    const message = `[LuaSkills:lifecycle] ${label} of '${journal.entry.skillId}': leftovers stay: ${reasonText(thrown)}`;
    context.log({ level: "warn", message });
  }
  await context.step?.("leftovers-removed");
}

async function rolledBack(
  context: LifecycleContext,
  { journal, roots }: StagedChange,
  prefix: string,
  thrown: unknown,
): Promise<LuaSkillsError> {
  let message = `${prefix}: ${reasonText(thrown)}.`;
  try {
    journal.rollBack();
  } catch (failure) {
    message += ` rollback failed: ${reasonText(failure)}`;
  }
  try {
    await context.reload(roots);
  } catch (failure) {
    message += ` runtime restore failed: ${reasonText(failure)}`;
  }
  const cause = LuaSkillsError.from(thrown, "storage_error");
  return new LuaSkillsError(cause.code, message, { data: cause.data, cause: thrown });
}
