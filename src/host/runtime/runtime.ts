/**
 * `vulcan.runtime` (vulcan-api.md §6) without `lua.exec`, and the global `print` (§4.1).
 * @module
 */

import type { Json, JsonObject, LogEvent } from "../../contract/contract.ts";
import {
  type HostCallContext,
  type HostFunctions,
  LuaRaise,
  type LuaReader,
  type Prelude,
  type WaitingHostFunction,
} from "../../lua/interface.ts";
import { fail, jsonArgument, stringArgument, trimText } from "../arguments.ts";
import { chargeOutput, type EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import { rootLayers } from "./layers.ts";
import source from "./runtime.lua?raw";

function severity(level: string): LogEvent["level"] {
  const word = trimText(level).toLowerCase();
  if (word.includes("error") || word.includes("fatal")) return "error";
  return word.includes("warn") ? "warn" : "info";
}

/** What a VM is for: entries and host code, `vulcan.runtime.lua.exec`, or one persistent session. */
export type VmKind = "main" | "luaexec" | "lease";

export function runtimePrelude(services: HostServices, engine: EngineAccess, kind: VmKind): Prelude {
  const functions: HostFunctions = {
    temp_dir: () => services.directories.temp,
    resources_dir: () => services.directories.resources,
    cwd: () => services.workingDirectory.current,
    is_luaexec: () => kind === "luaexec",
    log: (args, { vm }) => {
      const level = stringArgument(args, 1, "runtime.log", "level");
      const message = stringArgument(args, 2, "runtime.log", "message", { allowBlank: true });
      services.log({ level: severity(level), message: `[LuaSkill:${level}] ${message}` }, vm);
      return undefined;
    },
    print: (args, { vm }) => {
      const text = inlineList(args);
      const run = engine.runOf(vm);
      if (run?.captured) {
        chargeOutput(run, text);
        run.captured.push(text);
      } else {
        services.log({ level: "info", message: `[LuaSkill:info] ${text}` }, vm);
      }
      return undefined;
    },
    progress: (args, { vm }) => {
      const done = numberArgument(args, 1, "done");
      const total = args.type(2) === "nil" ? null : numberArgument(args, 2, "total");
      const message =
        args.type(3) === "nil" ? null : stringArgument(args, 3, "runtime.progress", "text", { allowBlank: true });
      services.progress({ skill: engine.subjectOf(vm), done, total, message }, vm);
      return undefined;
    },
    ...managedRuntimes(services, engine),
    skills_enabled: () => services.capabilities.skillManagementBridge,
    skills_status: () => bridgeStatus(services),
    skills_layers: () => rootLayers(services.rootLabels(), services.capabilities.skillManagementBridge),
    skills_manage: { waits: (args, context) => manage(services, engine, args, context) },
  };
  return { name: "=vulcan.runtime", source, functions };
}

function managedRuntimes({ vfs }: HostServices, { managedRuntime }: EngineAccess): HostFunctions {
  if (!managedRuntime) return {};
  const waits: WaitingHostFunction = (args, context) => {
    const [kind = "", named, method = ""] = [args.text(1), args.text(2), args.text(3)];
    const request = jsonArgument(args, 4, `runtime.${kind}.${method}`);
    return managedRuntime({ kind, named, method, request, vfs }, context);
  };
  return { managed: { waits } };
}

function numberArgument(args: LuaReader, index: number, param: string): number {
  const value = args.number(index);
  if (!Number.isFinite(value)) fail("runtime.progress", `${param} must be a finite number, got ${args.inline(index)}`);
  return value;
}

function inlineList(args: LuaReader): string {
  const parts: string[] = [];
  for (let i = 1; i <= args.count; i++) parts.push(args.inline(i));
  return parts.join("\t");
}

function bridgeStatus(services: HostServices): JsonObject {
  const enabled = services.capabilities.skillManagementBridge;
  const registered = services.callbacks.skillManagement !== undefined;
  const message = !enabled
    ? "Skill management bridge is disabled by host policy"
    : registered
      ? "Skill management bridge is enabled and ready"
      : "Skill management bridge is enabled but no host callback is registered";
  return { enabled, callback_registered: registered, mode: "host_callback", message };
}

/** §6.2: the checks in their order, then the host's callback; what is past the first is loaded with the first use. */
async function manage(
  services: HostServices,
  engine: EngineAccess,
  args: LuaReader,
  context: HostCallContext,
): Promise<Json> {
  const action = args.text(1) ?? "";
  const label = `vulcan.runtime.skills.${action}`;
  if (!services.capabilities.skillManagementBridge) throw new LuaRaise(`${label} is disabled by host policy`);
  const input = JSON.parse(jsonArgument(args, 2, label)) as Json;
  const { askHost } = await import("./manage.ts");
  return askHost(services, engine, { action, label, input }, context);
}
