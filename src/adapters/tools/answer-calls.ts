/**
 * The calls of one model turn, at once, each with an answer: a vendor's API refuses a turn in which one is missing.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { ToolCollection, ToolProgress } from "./tool.ts";
import { toolErrorText } from "./tool-error.ts";

/** A call as a model asked for it. */
export interface AskedCall {
  readonly id: string;
  readonly name: string;
  /** As an object, or as the JSON text a vendor sends. */
  readonly args: unknown;
}

export interface AnsweredCall {
  readonly id: string;
  readonly content: string;
  readonly failed: boolean;
}

export interface RunOptions {
  /** Stops every call; the turn rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** With the id of the call, as the model gave it. */
  readonly onProgress?: ((progress: ToolProgress & { readonly callId: string }) => void) | undefined;
  /**
   * What becomes of calls of tools that are not in the list. "answer" (default): an error that names the tools there are. "skip":
   * nothing, the caller answers them.
   */
  readonly others?: "answer" | "skip";
}

/** In the order they were asked. A call that fails is an answer, too. @throws LuaSkillsError `aborted` */
export async function answerCalls(
  tools: ToolCollection,
  calls: readonly AskedCall[],
  options: RunOptions = {},
): Promise<AnsweredCall[]> {
  const { signal, others = "answer" } = options;
  const ours = others === "skip" ? calls.filter(({ name }) => tools.get(name) !== undefined) : calls;
  const answers = await Promise.all(ours.map((call) => answerCall(tools, call, options)));
  if (signal?.aborted) throw LuaSkillsError.from(signal.reason, "aborted");
  return answers;
}

async function answerCall(tools: ToolCollection, call: AskedCall, options: RunOptions): Promise<AnsweredCall> {
  const { id, name } = call;
  try {
    const tool = tools.get(name);
    if (!tool) throw unknownTool(tools, name);
    const { onProgress, signal } = options;
    const { content } = await tool.execute(readArgs(call), {
      signal,
      ...(onProgress ? { onProgress: (event) => onProgress({ ...event, tool: name, callId: id }) } : {}),
    });
    return { id, content, failed: false };
  } catch (thrown) {
    return { id, content: toolErrorText(thrown), failed: true };
  }
}

function unknownTool(tools: ToolCollection, name: string): LuaSkillsError {
  const known = tools.list().map((tool) => tool.name);
  return new LuaSkillsError(
    "entry_not_found",
    `there is no tool "${name}"; tools: ${known.length > 0 ? known.join(", ") : "none"}`,
  );
}

function readArgs({ name, args }: AskedCall): unknown {
  if (typeof args !== "string" || args.trim() === "") return args;
  try {
    return JSON.parse(args);
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", `arguments of '${name}' are not JSON: ${(cause as Error).message}`, {
      data: { path: "arguments", expected: "JSON", got: args.slice(0, 200) },
      cause,
    });
  }
}
