/**
 * A command line of the page's own, run in the embedded shell over the engine's files.
 * @module
 */
import { join } from "../../base/paths.ts";
import type { ShellResult } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineRequest } from "../../wire/ops.ts";
import type { EngineCore } from "../core.ts";
import type { RequestContext } from "../state.ts";

type ShellRequest = Extract<EngineRequest, { op: "shell" }>;

/** @throws LuaSkillsError `capability_unavailable` | `not_found` (the directory) | `output_exceeded` | `aborted` */
export async function shellRequest(
  core: EngineCore,
  { command, cwd, env, stdin, timeoutMs }: ShellRequest,
  { abort }: RequestContext,
): Promise<ShellResult> {
  const { services } = core;
  const shell = await services.processes.shell();
  const from = core.settings.cwd;
  // A program reads why, and goes on.
  const quiet = { ...core.policy.ofPage, denied: () => {} };
  const at = cwd === undefined ? from : join(from, cwd);
  const limitMs = timeoutMs ?? core.settings.limits.callTimeoutMs;
  const outcome = await shell.runHere(
    {
      run: { kind: "shell", command },
      cwd: at,
      env: { ...services.host.env, ...env },
      ...(stdin ? { stdin } : {}),
      ...(limitMs > 0 && limitMs < Number.POSITIVE_INFINITY ? { timeoutMs: limitMs } : {}),
    },
    { signal: abort.signal, files: services.filesFor(quiet), skillId: undefined },
  );
  if (outcome.kind === "failed") {
    const code = outcome.stage === "spawn" ? "not_found" : "output_exceeded";
    throw new LuaSkillsError(code, `the shell could not run in ${at}: ${outcome.reason}`);
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { code, stdout, stderr, timedOut } = outcome;
  return { code, stdout: text(stdout), stderr: text(stderr), timedOut, cwd: outcome.cwd };
}
