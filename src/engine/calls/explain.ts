/**
 * What the host is told of a failed run beyond Lua's own text: the file and line it happened in, and which limit ended it
 * with its value and the way to raise it. Loaded with the first failure.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import { LuaRunError } from "../../lua/interface.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EngineCore } from "../core.ts";
import { type Place, placeIn, programTraceback, raisedByHost, topPlace } from "./place.ts";
import { fileOfChunk } from "./place-file.ts";
import { grantOf } from "./refused-failure.ts";

export interface FailedRun {
  readonly timeoutMessage: string;
  readonly output: { readonly left: number };
}

/** `skill`: whose entry was called. The same error with more to say; whatever did not come out of Lua stays as it is. */
export function explainFailure(
  core: EngineCore,
  error: LuaSkillsError,
  run: FailedRun,
  skill: LoadedSkill | undefined,
): LuaSkillsError {
  const { cause } = error;
  if (!(cause instanceof LuaRunError)) return error;
  const { file: _file, line: _line, ...withoutLine } = error.data;
  const text = cause.message;
  const said = placeIn(text);
  const place = ownLine(core, said ?? topPlace(error.luaTraceback));
  const file = place && fileOfChunk(core, place.chunk, skill);
  const value = cause.details.value;
  const subject = skill?.skillId ?? null;
  const limit = limitOf(core.policy.limitsOf(subject), error, run);
  const code = limit?.name === "outputBytes" ? "output_exceeded" : error.code;
  const traceback = programTraceback(error.luaTraceback);
  const where = !said && place && raisedByHost(error.luaTraceback) ? `\n\tat ${shown(place, file)}` : "";
  return new LuaSkillsError(code, `${error.message}${where}${limit ? advice(core, limit, subject) : ""}`, {
    data: {
      ...(file === undefined ? {} : { file }),
      ...(place ? { line: place.line } : {}),
      ...(typeof value === "object" && value !== null ? { value } : {}),
      ...(limit ? { limit: limit.name, limitValue: limit.value } : {}),
      ...withoutLine,
    },
    cause,
    ...(traceback === undefined ? {} : { luaTraceback: traceback }),
  });
}

/** Under "shared" the lines of the wrapper count, as in the native engine (vulcan-api.md §3.4). */
function ownLine({ settings }: EngineCore, place: Place | undefined): Place | undefined {
  if (settings.isolated || place?.chunk !== "run_lua") return place;
  return { chunk: place.chunk, line: Math.max(1, place.line - wrapperLines) };
}

const wrapperLines = 2;
const shown = ({ chunk, line }: Place, file: string | undefined) => `${file ?? chunk}:${line}`;

interface PassedLimit {
  readonly name: keyof Limits | "timeoutMs";
  readonly value: number;
  readonly unit: string;
}

function limitOf(limits: Limits, error: LuaSkillsError, run: FailedRun): PassedLimit | undefined {
  const named = (name: keyof Limits, unit: string): PassedLimit => ({ name, value: limits[name], unit });
  switch (error.code) {
    case "memory_exceeded":
      return named("vmMemoryBytes", "bytes");
    case "budget_exceeded":
      return named("runInstructions", "budget units");
    case "deadline_exceeded":
      if (error.message.includes("limits.runMs")) return named("runMs", "ms");
      if (!error.message.includes(run.timeoutMessage)) return undefined;
      return timeLimit(limits, run);
    case "lua_error":
      return run.output.left < 0 && error.message.includes("limits.outputBytes")
        ? named("outputBytes", "bytes")
        : undefined;
    default:
      return undefined;
  }
}

/** The runtime's, or the one the call brought. */
function timeLimit({ callTimeoutMs }: Limits, { timeoutMessage }: Pick<FailedRun, "timeoutMessage">): PassedLimit {
  const value = Number(/[\d.]+/.exec(timeoutMessage)?.[0]);
  return { name: value === callTimeoutMs ? "callTimeoutMs" : "timeoutMs", value, unit: "ms" };
}

/** For a run of code without a skill that ended by a time limit of its request. */
export function timeAdvice(core: EngineCore, run: Pick<FailedRun, "timeoutMessage">): string {
  return advice(core, timeLimit(core.policy.limitsOf(null), run), null);
}

/** Where a grant has set it, only a grant raises it. */
function advice({ policy, settings }: EngineCore, { name, value, unit }: PassedLimit, subject: string | null): string {
  const head = `: the limit is ${name} = ${value} ${unit};`;
  if (name === "timeoutMs") return `${head} give the call a longer timeoutMs`;
  const grant = grantOf(subject, name);
  if (policy.limitsOf(subject)[name] !== settings.limits[name]) return `${head} ${grant} raises it`;
  const alone = subject === null ? "" : `, for this skill alone with ${grant}`;
  return `${head} raise it with createRuntime({ limits: { ${name} } })${alone}`;
}
