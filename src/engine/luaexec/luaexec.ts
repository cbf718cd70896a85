/**
 * luaexec (vulcan-api.md §8): code in a VM of its own pool, the outcome as Markdown. What goes wrong before the run is
 * raised, everything after is rendered.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { parseJson } from "../../base/text/json-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import { checkPathText } from "../../host/arguments.ts";
import { argumentTable } from "../../host/call/context.ts";
import { resolvePath } from "../../host/fs/vfs-path.ts";
import { dirname } from "../../host/path/path.ts";
import type { HostCallContext } from "../../lua/interface.ts";
import { LuaRaise, LuaRunError, type LuaValue } from "../../lua/interface.ts";
import { readText, reasonText } from "../../skills/vfs-text.ts";
import type { EngineCore } from "../core.ts";
import { useVm } from "../vms/borrow.ts";
import { runFailure } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";
import { failureMarkdown, renderValues, successMarkdown } from "./report.ts";
import { decodeLuaexec, type LuaexecRequest } from "./request.ts";

/** What code in luaexec sees as its request (§8.4). */
const simulatedRequest: LuaValue = {
  transport_name: "luaexec_call",
  session_id: "luaexec-call-internal",
  client_info: { kind: "runtime", name: "luaexec_call", version: "internal-runtime" },
  client_capabilities: {},
};

const malformed = "Invalid luaexec request JSON";

/** A request of the host, also as JSON text. `run` carries its signal; the request brings its own time limit. */
export function luaexecFromHost(core: EngineCore, input: unknown, run: RunState): Promise<string> {
  return execute(core, decodeLuaexec(typeof input === "string" ? parsed(input) : input, malformed), run);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const detail = messageOf(error);
    throw new LuaSkillsError("invalid_argument", `${malformed}: ${detail}`, { cause: error });
  }
}

/** `vulcan.runtime.lua.exec`: the caller's tool overwrites what the request says. */
export function luaexecFromLua(
  core: EngineCore,
  input: unknown,
  caller: string | undefined,
  context: HostCallContext,
): Promise<string> {
  const outer = core.book.runOf(context.vm);
  if (!outer) throw new LuaSkillsError("internal", "vulcan.runtime.lua.exec outside of a run");
  const request = { ...decodeLuaexec(input, "luaexec input is invalid"), caller: caller?.trim() || undefined };
  return execute(
    core,
    request,
    outer.derive({ signal: context.signal, deeper: true, waits: context }),
    core.book.subjectOf(context.vm) ?? "",
  );
}

interface Program {
  readonly source: string;
  readonly file: string | undefined;
  readonly dir: string | undefined;
}

/** `behalf`: the isolated skill that asks; none for the host. */
async function execute(core: EngineCore, request: LuaexecRequest, outer: RunState, behalf?: string): Promise<string> {
  const program = readProgram(core, request, outer, behalf);
  const printed: string[] = [];
  const { task, timeoutMs } = request;
  const message = `luaexec execution timed out after ${timeoutMs} ms`;
  const run = outer.derive({ limit: { timeoutMs, message }, captured: printed, directory: program.dir });
  return useVm(
    core,
    "luaexec",
    undefined,
    run,
    (_loaded, use) =>
      use(
        "luaexec",
        [program.source, argumentTable(request.args), simulatedRequest, request.caller, program.file, program.dir],
        (reader) =>
          reader.boolean(2)
            ? successMarkdown(task, printed, renderValues(reader, 3))
            : failureMarkdown(task, printed, `syntax error: ${reader.text(3) ?? ""}`),
        (thrown) => {
          if (!(thrown instanceof LuaRunError) || thrown.details.reason === "aborted")
            return runFailure(thrown, "luaexec: ");
          return new Failed(thrown);
        },
      ),
    { behalf },
  ).catch(async (thrown: unknown) => {
    if (!(thrown instanceof Failed)) throw thrown;
    const { kind, message, details } = thrown.error;
    const { programTraceback, timeAdvice } = await import("../calls/explanations.ts");
    // The host's own limit: its text does not say what it is.
    const hosts = details.reason === "deadline_exceeded" && run.timeoutMessage === outer.timeoutMessage;
    const traceback = programTraceback(details.traceback);
    const told = new LuaRunError(kind, message, traceback === undefined ? {} : { traceback });
    return failureMarkdown(task, printed, told.hostText() + (hosts ? timeAdvice(core, run) : ""));
  });
}

/** A failed run is a result here; it travels as an exception so that the VM is looked after on the way. */
class Failed extends Error {
  constructor(readonly error: LuaRunError) {
    super(error.message);
  }
}

/** @throws LuaSkillsError with the texts of §8.2 */
/** A skill reads what its policy lets it see. */
function readProgram(core: EngineCore, request: LuaexecRequest, outer: RunState, behalf: string | undefined): Program {
  if (request.file === undefined) {
    const { code = "", leadingLines } = request;
    return { source: core.settings.isolated ? leadingLines + code : code, file: undefined, dir: undefined };
  }
  try {
    checkPathText(request.file, "luaexec", "file");
  } catch (error) {
    if (error instanceof LuaRaise) throw new LuaSkillsError("invalid_argument", `runtime error: ${error.message}`);
    throw error;
  }
  const path = resolvePath(core.services.pathsFrom(outer.directory), request.file);
  const files =
    behalf === undefined ? core.services.vfs : core.services.filesFor(core.policy.guard(() => behalf || null));
  try {
    return { source: readText(files, path), file: path, dir: dirname(path) };
  } catch (error) {
    const reason = reasonText(error);
    throw new LuaSkillsError("not_found", `Failed to read luaexec file ${path}: ${reason}: ${reason}`, {
      data: { file: path },
      cause: error,
    });
  }
}
