import type { Json } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { GeneratePart, GenerateRequest, Generator } from "./generator.ts";

/** What a scripted model says in one answer: text, calls of tools, parts, or a failure. */
export type ScriptedPart =
  | string
  | GeneratePart
  | { readonly tool: string; readonly args?: Json; readonly id?: string }
  | { readonly error: string };
export type ScriptedAnswer =
  | ScriptedPart
  | readonly ScriptedPart[]
  | ((request: GenerateRequest, turn: number) => ScriptedPart | readonly ScriptedPart[]);

export interface ScriptedGenerator extends Generator {
  /** The last requests, the newest at the end. */
  readonly requests: readonly GenerateRequest[];
}

export interface ScriptedOptions {
  /** Milliseconds before each part. Default 0. */
  readonly delayMs?: number;
  /** How many of the last requests `requests` keeps. Default: as many as there are answers, at least 100. */
  readonly keepRequests?: number;
  /** Begins again when all answers are given; otherwise a further request fails. */
  readonly loop?: boolean;
}

const leastKept = 100;

/**
 * A model that says what it is told to, for tests and demos.
 *
 * @example
 * scripted([{ tool: "double", args: { n: 21 } }, "It is 42."])
 */
export function scripted(answers: readonly ScriptedAnswer[], options: ScriptedOptions = {}): ScriptedGenerator {
  const requests: GenerateRequest[] = [];
  // Each holds a whole history: a model that answers for as long as a page is open must not keep them all.
  const keeps = options.keepRequests ?? Math.max(answers.length, leastKept);
  let turns = 0;
  let calls = 0;
  return {
    requests,
    async *stream(request) {
      const turn = turns++;
      requests.push(request);
      if (requests.length > keeps) requests.shift();
      const answer = answers[options.loop ? turn % answers.length : turn];
      if (answer === undefined) {
        throw new LuaSkillsError(
          "not_found",
          `the scripted model has no answer ${turn + 1}; it was given ${answers.length}`,
        );
      }
      const parts = typeof answer === "function" ? answer(request, turn) : answer;
      for (const part of Array.isArray(parts) ? (parts as readonly ScriptedPart[]) : [parts as ScriptedPart]) {
        await pause(options.delayMs ?? 0, request.signal);
        request.signal.throwIfAborted();
        yield said(part, () => `call_${++calls}`);
      }
      yield { type: "finish", reason: "stop" };
    },
  };
}

function said(part: ScriptedPart, nextId: () => string): GeneratePart {
  if (typeof part === "string") return { type: "text", text: part };
  if ("error" in part) throw new LuaSkillsError("network_error", part.error);
  if ("tool" in part) {
    const { tool, args = {}, id = nextId() } = part;
    return { type: "tool_call", id, name: tool, args: typeof args === "string" ? args : JSON.stringify(args) };
  }
  return part;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
