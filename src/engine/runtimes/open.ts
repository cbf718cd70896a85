import type { EngineCore } from "../core.ts";
import { BridgeRuntimes } from "./managed-runtimes.ts";

export function openRuntimes({ services, book, live, policy }: EngineCore): BridgeRuntimes {
  return new BridgeRuntimes({
    processes: services.processes,
    allow: ({ skillId, program, signal }) => policy.require(skillId ?? null, "process.exec", program ?? "", signal),
    ownerOf: (vm) => book.ownerOf(vm),
    subjectOf: (vm) => book.subjectOf(vm),
    directoryOf: (id) => live.registry.entries.find(({ skill }) => skill.skillId === id)?.skill.dir,
  });
}
