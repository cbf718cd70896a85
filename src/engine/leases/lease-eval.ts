/**
 * Code in a lease (engine.md §10.2): a VM of its own, the luaexec marker, the caller's context, globals that stay.
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { argumentTable, requestScope } from "../../host/call/context.ts";
import { resolvePath } from "../../host/fs/vfs-path.ts";
import { isDirectory } from "../../skills/vfs-text.ts";
import { osTexts } from "../../vfs/interface.ts";
import { readCodeResult } from "../calls/run-lua.ts";
import type { EngineCore } from "../core.ts";
import { DamagedVm, withRun } from "../vms/borrow.ts";
import { LoadedVm } from "../vms/loaded-vm.ts";
import { runFailure } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";
import type { Lease } from "./lease.ts";
import { leasesOf } from "./lease-manager.ts";
import { type EvalRequest, type LeaseProfile, leaseFailure } from "./lease-requests.ts";

const head = "Runtime session eval error: ";

/** Lines that count in front of the code where VMs are shared as in the native engine (host/call/scope.lua). */
const wrapperLines = 2;

/** @throws LuaSkillsError only when the caller aborted; everything else is an answer */
export async function evalInLease(
  core: EngineCore,
  profile: LeaseProfile,
  request: EvalRequest,
  run: RunState,
): Promise<JsonObject> {
  const found = leasesOf(core).begin(profile, request);
  if ("refused" in found) return found.refused;
  const { lease } = found;
  try {
    const result = await evaluate(core, lease, request, run);
    lease.extend(core.platform.clock.now());
    return lease.evaluated(result);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown instanceof DamagedVm ? thrown.error : thrown);
    if (error.code === "aborted") throw error;
    const late = error.code === "deadline_exceeded" && error.message.includes(run.timeoutMessage);
    const advice = late ? (await import("../calls/explanations.ts")).timeAdvice(core, run) : "";
    const failure = leaseFailure("eval_failed", error.message + advice);
    if (!request.detailed) return failure;
    const { data, ...told } = error.toData();
    const wrapper = core.settings.isolated ? 0 : wrapperLines;
    return { ...failure, error: { ...told, data: { ...data, wrapperLines: wrapper } } as unknown as JsonObject };
  } finally {
    lease.busy = false;
    if (lease.dropped || lease.vm?.vm.usable === false) lease.closeVm();
  }
}

async function evaluate(core: EngineCore, lease: Lease, request: EvalRequest, outer: RunState): Promise<Json> {
  const { timeoutMs } = request;
  const dir = directoryOf(core, lease, outer);
  const message = `luaexec execution timed out after ${timeoutMs} ms`;
  const run = outer.derive({ limit: { timeoutMs, message }, directory: dir });
  run.mayCall = lease.request.entries;
  const loaded = await vmOf(core, lease, run);
  const scope = requestScope(request.context);
  return withRun(
    core,
    loaded,
    run,
    "runtime session VM",
    (_loaded, use) =>
      use(
        "run_code",
        [request.code, argumentTable(request.args), scope.request, scope.budget, scope.config, true],
        (reader) => readCodeResult(reader, head),
        (thrown) => {
          const error = runFailure(thrown, head);
          // Arguments that do not cross and a result that is no JSON are the caller's affair.
          if (!error.code.startsWith("invalid_")) core.services.logError(error.message, run);
          return stopped(lease, error);
        },
      ),
    { keepAfterDeadline: true },
  );
}

/** The lease lives on. Where its VM could not (an abort, a memory limit), it gets new globals and its caller should know. */
function stopped(lease: Lease, error: LuaSkillsError): LuaSkillsError {
  if (lease.vm?.vm.usable !== false) return error;
  return new LuaSkillsError(error.code, `${error.message}; the globals of this session were discarded`, {
    data: error.data,
    cause: error,
  });
}

function directoryOf(core: EngineCore, lease: Lease, run: RunState): string | undefined {
  if (lease.cwd === undefined) return undefined;
  const dir = resolvePath(core.services.host, lease.cwd);
  if (isDirectory(core.services.vfs, dir)) return dir;
  const reason = osTexts[core.services.vfs.stat(dir, { followLinks: true }) === undefined ? "ENOENT" : "ENOTDIR"];
  const message = `${head}runtime error: runtime lease set cwd ${lease.cwd}: ${reason}`;
  core.services.logError(message, run);
  throw new LuaSkillsError("not_found", message, { data: { path: dir } });
}

async function vmOf(core: EngineCore, lease: Lease, run: RunState): Promise<LoadedVm> {
  if (lease.vm) return lease.vm;
  const loaded = new LoadedVm(core.book.create("lease"), "lease");
  lease.vm = loaded;
  await core.book.modules?.plan("lease", undefined, run)?.furnish(loaded.vm);
  await core.live.loadInto(loaded, "", run);
  const paths = (roots: readonly string[], suffix: string) =>
    roots.map((root) => `${joinPath(root, `?.${suffix}`)};${joinPath(root, `?/init.${suffix}`)};`).join("");
  const prefixes = [paths(lease.luaRoots, "lua"), paths(lease.request.cRoots, "so")];
  loaded.vm.runSync(loaded.driver("begin_lease"), prefixes, () => undefined);
  return loaded;
}
