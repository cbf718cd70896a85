import type { JsonObject } from "../../contract/contract.ts";
import type { RuntimeAsking } from "../../host/run.ts";
import type { HostCallContext } from "../../lua/interface.ts";
import type { EngineCore } from "../core.ts";
import { BridgeRuntimes } from "./managed-runtimes.ts";

/** `vulcan.runtime.node` and `.python` where there is a bridge. @throws LuaRaise for a request that makes no sense */
export function managedRuntime(core: EngineCore, asking: RuntimeAsking, context: HostCallContext): Promise<JsonObject> {
  core.runtimes ??= runtimesOf(core);
  const { runtimes } = core;
  return asking.method === "status" ? runtimes.status(asking, context) : runtimes.invoke(asking, context);
}

function runtimesOf({ services, book, live, policy }: EngineCore): BridgeRuntimes {
  return new BridgeRuntimes({
    bridge: () => services.processes.bridge(),
    allow: ({ skillId, program, signal }) => policy.require(skillId ?? null, "process.exec", program ?? "", signal),
    ownerOf: (vm) => book.ownerOf(vm),
    subjectOf: (vm) => book.subjectOf(vm),
    directoryOf: (id) => live.registry.entries.find(({ skill }) => skill.skillId === id)?.skill.dir,
  });
}
