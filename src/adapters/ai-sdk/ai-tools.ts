/**
 * Tools of the AI SDK by their shape: nothing of the package is imported but a type, so whichever version is installed counts.
 * @module
 */
import type { ToolSet } from "ai";
import type { CallProgress, EntryDescriptor, JsonObject, ToolInputSchema } from "../../contract/contract.ts";
import { liveRecord } from "../tools/live-record.ts";
import type { AgentTool, ToolCollection, ToolOptions, ToolRuntime } from "../tools/tool.ts";
import { collectionOf } from "../tools/tool-list.ts";
import { progressiveOutput } from "./progressive-output.ts";
import { type AiToolOutput, outputOf } from "./tool-output.ts";

export type { AiToolOutput } from "./tool-output.ts";

export interface AiToolOptions extends Omit<ToolOptions, "progress"> {
  /**
   * `true`: what a skill says of its progress becomes preliminary results of the tool, `{ progress }`, which a chat's user sees.
   * A function hears it instead. Default: nobody.
   */
  readonly progress?: true | NonNullable<ToolOptions["progress"]>;
  /** Which calls the AI SDK (6 and later) holds until the user has approved them. `approve` asks in code instead. */
  readonly needsApproval?: boolean | ((entry: EntryDescriptor, input: JsonObject) => boolean | Promise<boolean>);
}

/** By these the AI SDK knows its own schemas; the second one is version 5's. */
const marks = { [Symbol.for("vercel.ai.schema")]: true, [Symbol.for("vercel.ai.validator")]: true };

/** What the AI SDK hands to `execute` in all three versions. */
interface AiCall {
  readonly abortSignal?: AbortSignal;
}

/**
 * The entries of a runtime, or what `codeTool` makes, as a `ToolSet`. It follows the registry: an agent that was made with it sees skills that are installed later. A call
 * that fails is a `tool-error` of the AI SDK, with the `LuaSkillsError` in it.
 *
 * @throws LuaSkillsError `conflict` when two tools would have one name
 */
export function aiTools(source: ToolRuntime | ToolCollection, options: AiToolOptions = {}): ToolSet {
  const { progress, needsApproval, ...rest } = options;
  const tools = collectionOf(source, { ...rest, ...(typeof progress === "function" ? { progress } : {}) });
  return liveRecord(tools, (tool) => aiTool(tool, progress === true, needsApproval)) as unknown as ToolSet;
}

function aiTool(tool: AgentTool, streams: boolean, needsApproval: AiToolOptions["needsApproval"]): object {
  const run = async (input: unknown, signal: AbortSignal | undefined, onProgress?: (event: CallProgress) => void) =>
    outputOf(await tool.execute(input, { signal, onProgress }));
  return {
    description: tool.description,
    inputSchema: schemaOf(tool.inputSchema),
    execute: streams
      ? (input: unknown, { abortSignal }: AiCall = {}) =>
          progressiveOutput((hear, signal) => run(input, signal, hear), abortSignal)
      : (input: unknown, { abortSignal }: AiCall = {}) => run(input, abortSignal),
    toModelOutput,
    ...(needsApproval === undefined ? {} : { needsApproval: approvalOf(tool, needsApproval) }),
  };
}

function approvalOf({ entry }: AgentTool, needed: NonNullable<AiToolOptions["needsApproval"]>): unknown {
  if (typeof needed === "boolean") return needed;
  // A tool that is no entry runs code: what it calls nobody has seen yet.
  return entry === undefined ? true : (input: JsonObject) => needed(entry, input);
}

/** Version 5 gives the output, later ones an object with it. */
function toModelOutput(given: AiToolOutput | { readonly toolCallId: string; readonly output: AiToolOutput }): object {
  const { content } = "toolCallId" in given ? given.output : given;
  return { type: "text", value: content ?? "" };
}

/** What `jsonSchema()` of the AI SDK makes. The call itself holds the arguments against it, and says what is wrong with them. */
function schemaOf(jsonSchema: ToolInputSchema): object {
  return { ...marks, _type: undefined, validate: undefined, jsonSchema };
}
