/**
 * Workflow runs of an engine: each has a log in the tree, by the id its caller gave it.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import { version } from "../../base/version.ts";
import { LuaSkillsError } from "../../errors.ts";
import { WorkflowRecorder } from "../../modules/workflow/recorder.ts";
import { hashOf, type LogStore } from "../../modules/workflow/run-log.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { EngineCore } from "../core.ts";
import type { RunState } from "../vms/run-state.ts";
import { seedOf } from "./module-facts.ts";

/** @throws LuaSkillsError `invalid_argument` for an id that cannot name a file, or a log that is none */
export function openWorkflow(core: EngineCore, run: RunState, skill: string | undefined): WorkflowRecorder {
  const { id, mode = "resume" } = run.modules?.workflow ?? {};
  if (id !== undefined && !/^[\w][\w.-]{0,127}$/.test(id)) {
    throw new LuaSkillsError(
      "invalid_argument",
      `workflow.id must be letters, digits, _, - and ., at most 128, got ${JSON.stringify(id)}`,
    );
  }
  if (mode !== "resume" && mode !== "replay") {
    throw new LuaSkillsError(
      "invalid_argument",
      `workflow.mode must be "resume" or "replay", got ${JSON.stringify(mode)}`,
    );
  }
  const path = joinPath(core.settings.runtimeRoot, `workflows/${id}.jsonl`);
  const store = id === undefined ? memoryLog() : fileLog(core.services.vfs, path);
  const input = run.input as readonly unknown[];
  return new WorkflowRecorder({
    id,
    store,
    mode,
    now: () => core.platform.clock.now(),
    header: {
      ...(skill === undefined ? {} : { skill }),
      skillHash: hashOf(String(input?.[0] ?? "")),
      sdk: version,
      input: input?.[1] ?? null,
      seed: seedOf(run.input),
    },
  });
}

function fileLog(vfs: Vfs, path: string): LogStore {
  return {
    read: () => (vfs.stat(path) ? new TextDecoder().decode(vfs.readFile(path)) : undefined),
    append(line) {
      vfs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      vfs.writeFile(path, new TextEncoder().encode(line), { append: true });
    },
  };
}

/** A run without an id is deterministic all the same; its log ends with it. */
function memoryLog(): LogStore {
  return { read: () => undefined, append: () => {} };
}
