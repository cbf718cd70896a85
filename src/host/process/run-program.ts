/**
 * `vulcan.process.exec` (vulcan-api.md §10.1) once its arguments are there: the program runs, and its outcome is a table.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import type { ProcessContext, ProcessOutcome, ProcessProvider } from "../../process/interface.ts";
import { resolvePath } from "../fs/vfs-path.ts";
import { type DecodedText, decodeText, EncodingError, encodeText, type TextEncoding } from "../io/encodings.ts";
import type { HostServices } from "../services.ts";
import { outputFields } from "./process-output.ts";
import { checkLauncher, type ExecRequest, execRequest, type KeptArguments } from "./request.ts";

/** @throws LuaRaise for a wrong argument, and when the launcher is not there */
export async function runProgram(
  services: HostServices,
  provider: ProcessProvider,
  args: KeptArguments,
  context: ProcessContext,
): Promise<LuaValue> {
  const { defaultTextEncoding, os } = services;
  const request = execRequest(args, { defaultTextEncoding, os: os.os, shells: provider.knownLaunchers?.shells });
  const { encodings } = request;
  let stdin: Uint8Array | undefined;
  try {
    stdin = request.stdin === undefined ? undefined : encodeText(request.stdin, encodings.stdin);
  } catch (error) {
    if (error instanceof EncodingError) return failed(request, `failed to encode process stdin: ${error.message}`);
    throw error;
  }
  if (request.run.kind === "shell" && request.run.shell !== undefined && !provider.knownLaunchers) {
    checkLauncher(request.run.shell, (await provider.launchers()).shells);
  }
  const outcome = await provider.run(
    {
      run: request.run,
      cwd: request.cwd === undefined ? services.workingDirectory.current : resolvePath(services, request.cwd),
      env: { ...services.env, ...request.env },
      ...(stdin ? { stdin } : {}),
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    },
    context,
  );
  if (outcome.kind === "finished") return finished(request, outcome);
  const verb = outcome.stage === "spawn" ? "spawn" : "wait for";
  return failed(request, `failed to ${verb} process: ${outcome.reason}`);
}

function failed({ encodings }: ExecRequest, error: string): LuaValue {
  return {
    ok: false,
    success: false,
    code: null,
    stdout: "",
    stderr: error,
    timed_out: false,
    error,
    ...outputFields("stdout", nothing(encodings.stdout)),
    ...outputFields("stderr", nothing(encodings.stderr)),
  };
}

function finished(request: ExecRequest, outcome: Extract<ProcessOutcome, { kind: "finished" }>): LuaValue {
  const stdout = decodeText(outcome.stdout, request.encodings.stdout);
  const stderr = decodeText(outcome.stderr, request.encodings.stderr);
  const ok = !outcome.timedOut && outcome.code === 0;
  const error = ok ? null : failureText(request, outcome);
  const note = outcome.timedOut ? `${stderr.text === "" ? "" : "\n"}${error}` : "";
  return {
    ok,
    success: ok,
    code: outcome.code,
    stdout: stdout.text,
    stderr: stderr.text + note,
    timed_out: outcome.timedOut,
    error,
    ...outputFields("stdout", stdout),
    ...outputFields("stderr", stderr),
  };
}

function failureText(request: ExecRequest, outcome: { code: number | null; timedOut: boolean }): string {
  if (outcome.timedOut) return `process execution timed out after ${request.timeoutMs ?? 0} ms`;
  return outcome.code === null ? "process terminated without an exit code" : `process exited with code ${outcome.code}`;
}

function nothing(encoding: TextEncoding): DecodedText {
  return { text: "", encoding: encoding.label, lossy: false };
}
