/**
 * The engine as lifecycle operations see it (engine.md §8), and the page's `runtime.skills` on top of them.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Caller } from "../../skills/lifecycle/caller.ts";
import type { LifecycleCall, LifecycleContext } from "../../skills/lifecycle/context.ts";
import {
  installLocalSkill,
  installSkill,
  isInstalled,
  type LocalPackageRequest,
  localSkillId,
} from "../../skills/lifecycle/install.ts";
import { decodeInstallRequest } from "../../skills/lifecycle/install-request.ts";
import { packSkill } from "../../skills/lifecycle/pack.ts";
import { disableSkill, enableSkill } from "../../skills/lifecycle/toggle.ts";
import { uninstallSkill } from "../../skills/lifecycle/uninstall.ts";
import { updateLocalSkill, updateSkill } from "../../skills/lifecycle/update.ts";
import { fetchLocalArchive } from "../../skills/sources/local-package.ts";
import { Network } from "../../skills/sources/network.ts";
import type { EngineRequest, PackageSource } from "../../wire/ops.ts";
import type { EngineCore } from "../core.ts";
import type { EngineState, RequestContext } from "../state.ts";
import { loadRoots } from "./load-roots.ts";
import { permit } from "./permit.ts";

export function lifecycleContext(
  { core, flush }: Pick<EngineState, "core" | "flush">,
  requestId?: number,
): LifecycleContext {
  const { platform, settings } = core;
  return {
    vfs: core.services.vfs,
    inFlight: core.shared.inFlight,
    options: settings.hostOptions,
    rootChainPolicy: settings.rootChainPolicy,
    loadPolicy: settings.loadPolicy,
    manifests: core.live.manifests,
    verifyOnInstall: settings.verifyOnInstall,
    limits: settings.limits,
    clock: platform.clock,
    outlet: core.services.outlet,
    named: core.services.namedAddresses,
    emitLifecycle: (event) => {
      // Another package of that id is somebody else.
      if (event.action === "Uninstall" && event.status === "completed")
        core.policy.answers?.revoke({ skill: event.skill_id });
      platform.emit("lifecycle", event, requestId);
    },
    emitProgress: (event) => platform.emit("progress", event, requestId),
    permit: (skillId, wanted, signal) => permit(core, skillId, wanted, signal),
    log: (event) => core.services.log(event, requestId),
    reload: (roots, changed) => loadRoots(core, roots, "reload", changed),
    commit: flush,
    dropDatabase: (kind, skillId, root) => core.services.databases.drop(kind, skillId, root),
    step: (step) => platform.lifecycleStep?.(step),
  };
}

export type SkillsRequest = Exclude<Extract<EngineRequest, { op: `skills.${string}` }>, { op: "skills.reload" }>;

/** `runtime.skills.*`. Without an authority the caller is the host itself (engine.md §0.2). */
export async function skillsRequest(
  state: EngineState,
  request: SkillsRequest,
  { abort, requestId }: RequestContext,
): Promise<JsonObject | Uint8Array | undefined> {
  const context = lifecycleContext(state, requestId);
  const caller: Caller = "authority" in request ? callerOf(request.authority) : "system";
  const target = "targetRoot" in request ? request.targetRoot : undefined;
  const call: LifecycleCall = { caller, roots: state.core.live.chain, targetRoot: target, signal: abort.signal };
  switch (request.op) {
    case "skills.install":
      return apply(state.core, context, { ...call, replace: request.replace ?? false }, request.op, request.source);
    case "skills.update":
      return apply(state.core, context, call, request.op, request.source);
    case "skills.pack":
      return packSkill(context.vfs, call.roots, request.skillId, abort.signal);
    case "skills.uninstall":
      return uninstallSkill(context, call, request.skillId, {
        removeSqlite: request.removeSqlite ?? false,
        removeLancedb: request.removeLancedb ?? false,
      });
    case "skills.enable":
      await enableSkill(context, call, request.skillId);
      return undefined;
    case "skills.disable":
      await disableSkill(context, call, request.skillId, request.reason);
      return undefined;
  }
}

async function apply(
  core: EngineCore,
  context: LifecycleContext,
  call: LifecycleCall,
  op: "skills.install" | "skills.update",
  source: PackageSource,
): Promise<JsonObject> {
  const installs = op === "skills.install";
  checkSource(source);
  if (call.replace && "request" in source) {
    throw new LuaSkillsError(
      "invalid_argument",
      "replace takes a package as { zip } or { url }; one from a source that is asked for versions is updated",
    );
  }
  if ("request" in source) {
    const request = decodeInstallRequest(source.request);
    return installs ? installSkill(context, call, request) : updateSkill(context, call, request);
  }
  const local = await localPackage(core, source, call.signal);
  const replaces = call.replace === true && isInstalled(context, call, localSkillId(context, local));
  return installs && !replaces ? installLocalSkill(context, call, local) : updateLocalSkill(context, call, local);
}

async function localPackage(
  core: EngineCore,
  source: Exclude<PackageSource, { request: JsonObject }>,
  signal: AbortSignal | undefined,
): Promise<LocalPackageRequest> {
  const archive =
    "zip" in source
      ? { bytes: source.zip, locator: source.skillId === undefined ? "archive" : `archive:${source.skillId}` }
      : await fetchLocalArchive(new Network(core.services.networkFor({ given: true, signal })), source.url);
  return { archive, skillId: source.skillId, sha256: source.sha256 };
}

/** @throws LuaSkillsError `invalid_argument` */
function checkSource({ request, zip, url }: Partial<Record<"request" | "zip" | "url", unknown>>): void {
  if (zip instanceof Uint8Array || typeof url === "string" || (typeof request === "object" && request !== null)) return;
  throw new LuaSkillsError(
    "invalid_argument",
    "a package comes from { zip } (its bytes: an ArrayBuffer, a view of one, or a Blob), { url } or { request } (the native SkillInstallRequest)",
  );
}

function callerOf(authority: string | undefined): Caller {
  if (authority === undefined || authority === "system") return "system";
  if (authority === "delegated_tool") return "delegated_tool";
  throw new LuaSkillsError("invalid_argument", `authority must be "system" or "delegated_tool", got "${authority}"`);
}
