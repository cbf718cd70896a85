/**
 * Host "run Lua" (engine.md §7.5): anonymous code in a main VM without a skill.
 * @module
 */
import type { InvocationContext, Json } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { argumentTable, requestScope } from "../../host/call/context.ts";
import { type LuaReader, LuaValueError } from "../../lua/interface.ts";
import type { EngineCore } from "../core.ts";
import { type UseDriver, useVm } from "../vms/borrow.ts";
import type { LoadedVm } from "../vms/loaded-vm.ts";
import { runFailure, syntaxFailure } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";

const head = "Lua run_lua error: ";

/** The first returned value as JSON. @throws LuaSkillsError `lua_error`, `lua_syntax_error`, `invalid_result`, a stop reason */
export async function runLua(
  core: EngineCore,
  code: string,
  args: Json,
  context: InvocationContext | undefined,
  run: RunState,
): Promise<Json> {
  const scope = requestScope(context);
  const { isolated } = core.settings;
  const work = async (loaded: LoadedVm, use: UseDriver) => {
    if (isolated) await rememberState(loaded);
    return use(
      "run_code",
      [code, argumentTable(args), scope.request, scope.budget, scope.config, false],
      (reader) => readCodeResult(reader, head),
      (thrown) => {
        const error = runFailure(thrown, head);
        // Arguments that do not cross and a result that is no JSON are the caller's affair.
        if (!error.code.startsWith("invalid_")) core.services.logError(error.message, run);
        return error;
      },
    );
  };
  // Under "shared" the native engine's way: what a run leaves in a VM, others meet (vulcan-api.md §3.3).
  return useVm(core, "main", undefined, run, work, isolated ? { keeps: restoreState } : {}).catch(async (thrown) => {
    throw await (await import("./explanations.ts")).explain(core, thrown, run);
  });
}

/** A VM whose memory grew beyond this is let go: what it grew for is over. */
const keptBytes = 16 * 1024 * 1024;

async function rememberState(loaded: LoadedVm): Promise<void> {
  if (loaded.remembers) return;
  loaded.vm.install((await import("../../host/call/clean-state.ts")).cleanStatePrelude);
  loaded.remembers = true;
}

/** Puts the VM back into the state it was made in; false when it has to go instead. */
function restoreState(loaded: LoadedVm): boolean {
  const { vm } = loaded;
  return vm.memoryBytes <= keptBytes && vm.runSync(loaded.driver("clean_state"), [], (reader) => reader.boolean(1));
}

/** The answer of the `run_code` driver. @throws LuaSkillsError */
export function readCodeResult(reader: LuaReader, prefix: string): Json {
  if (!reader.boolean(2)) throw syntaxFailure(reader.text(3) ?? "", prefix);
  try {
    return JSON.parse(reader.json(3)) as Json;
  } catch (error) {
    if (error instanceof LuaValueError) throw new LuaSkillsError("invalid_result", error.message);
    throw error;
  }
}
