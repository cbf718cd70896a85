/**
 * `vulcan.process` (vulcan-api.md §10) over a {@link ProcessProvider}.
 * @module
 */
import type { HostCallContext, LuaReader, LuaValue, Prelude } from "../../lua/interface.ts";
import type { ProcessContext, ProcessOutcome, ProcessProvider } from "../../process/interface.ts";
import { noProcesses } from "../../process/none.ts";
import { stringArgument } from "../arguments.ts";
import { resolvePath } from "../fs/vfs-path.ts";
import { type DecodedText, decodeText, EncodingError, encodeText, type TextEncoding } from "../io/encodings.ts";
import type { HostServices } from "../services.ts";
import { processContext } from "./context.ts";
import source from "./process.lua?raw";
import { outputFields } from "./process-output.ts";
import { checkLauncher, type ExecHost, type ExecRequest, tableRequest, textRequest } from "./request.ts";
import { sessionFunctions } from "./session.ts";

export function processPrelude(services: HostServices): Prelude {
  const provider = services.process ?? noProcesses;
  const exec = (read: (args: LuaReader, host: ExecHost) => ExecRequest) => ({
    waits: (args: LuaReader, context: HostCallContext) => {
      const { defaultTextEncoding, os } = services;
      // Arguments are read before anything is waited for.
      const request = read(args, { defaultTextEncoding, os: os.os, shells: provider.knownLaunchers?.shells });
      return run(services, provider, request, processContext(services, context));
    },
  });
  return {
    name: "=vulcan.process",
    source,
    functions: {
      exec_text: exec(textRequest),
      exec: exec(tableRequest),
      launchers: {
        waits: async () => {
          const { default: name, shells } = await provider.launchers();
          return { default: name, shells: [...shells] };
        },
      },
      which: {
        waits: (args, context) => {
          const program = stringArgument(args, 1, "process.which", "program");
          return provider.which(program, services.workingDirectory.current, processContext(services, context));
        },
      },
      ...sessionFunctions(services, provider),
    },
  };
}

async function run(
  services: HostServices,
  provider: ProcessProvider,
  request: ExecRequest,
  context: ProcessContext,
): Promise<LuaValue> {
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
