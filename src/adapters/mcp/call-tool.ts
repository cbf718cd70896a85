/**
 * A tool call of a client: the entry runs, its log and progress go to the client as they come, its result and its errors are
 * shaped so that a model can go on with them.
 * @module
 */
import {
  type CallToolRequest,
  type CallToolResult,
  ErrorCode,
  type LoggingLevel,
  McpError,
  type ProgressToken,
  type ServerNotification,
} from "@modelcontextprotocol/sdk/types.js";
import type { CallProgress, CallResult, LogEvent, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { toolErrorText } from "../tools/index.ts";
import type { OfferedTool } from "./offered-tools.ts";
import type { McpServerOptions } from "./options.ts";

/** The connection a call came over. */
export interface CallScene {
  readonly signal: AbortSignal;
  readonly notify: (notification: ServerNotification) => Promise<void>;
  /** Whether this client wants to hear such lines. */
  readonly hears: (level: LoggingLevel) => boolean;
}

const levels: Readonly<Record<LogEvent["level"], LoggingLevel>> = { info: "info", warn: "warning", error: "error" };

/** Larger answers are not looked through for structured content, unless the tool promises some. */
const looked = 2 ** 20;

export async function callTool(
  runtime: Runtime,
  tools: ReadonlyMap<string, OfferedTool>,
  { params }: CallToolRequest,
  { timeoutMs, context }: McpServerOptions,
  scene: CallScene,
): Promise<CallToolResult> {
  const offered = tools.get(params.name);
  if (offered === undefined) throw unknownTool(params.name, tools);
  const { entry, tool } = offered;
  const token = params._meta?.progressToken;
  try {
    // Progress comes as events of the stream, in their order with the log.
    const options = { signal: scene.signal, timeoutMs, context, validate: true };
    for await (const event of runtime.stream(entry.name, params.arguments ?? {}, options)) {
      if (event.type === "result") return shaped(event.result, tool.outputSchema !== undefined);
      if (event.type === "log") await tellLog(event.event, entry.skillId, scene);
      if (event.type === "progress" && token !== undefined) await tellProgress(event.event, token, scene);
    }
    throw new LuaSkillsError("internal", `the call of ${entry.name} ended without a result`);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    if (error.code === "entry_not_found") throw unknownTool(params.name, tools);
    return failed(error);
  }
}

async function tellLog({ level, message }: LogEvent, logger: string, scene: CallScene): Promise<void> {
  if (!scene.hears(levels[level])) return;
  await scene.notify({
    method: "notifications/message",
    params: { level: levels[level], logger, data: message },
  });
}

async function tellProgress(progress: CallProgress, progressToken: ProgressToken, scene: CallScene): Promise<void> {
  const { done, total, message } = progress;
  const known = { ...(total === null ? {} : { total }), ...(message === null ? {} : { message }) };
  await scene.notify({ method: "notifications/progress", params: { progressToken, progress: done, ...known } });
}

function shaped(result: CallResult, promised: boolean): CallToolResult {
  const { content, hostResult, templateHint, overflowMode, usage } = result;
  const structuredContent = promised || content.length <= looked ? jsonObject(content) : undefined;
  if (promised && structuredContent === undefined) {
    const text =
      "the tool promises structured content, so its skill has to return a JSON object; it returned other text";
    return failed(new LuaSkillsError("invalid_result", text));
  }
  return {
    content: [{ type: "text", text: content }],
    ...(structuredContent === undefined ? {} : { structuredContent }),
    _meta: {
      "luaskills/usage": { ...usage },
      ...(hostResult === undefined ? {} : { "luaskills/host_result": hostResult }),
      ...(templateHint === null ? {} : { "luaskills/template_hint": templateHint }),
      ...(overflowMode === null ? {} : { "luaskills/overflow_mode": overflowMode }),
    },
  };
}

/** For the model: what happened and why. Code, data and traceback are for the client. */
function failed(error: LuaSkillsError): CallToolResult {
  return {
    isError: true,
    content: [{ type: "text", text: toolErrorText(error) }],
    _meta: { "luaskills/error": { ...error.toData() } },
  };
}

function unknownTool(name: string, tools: ReadonlyMap<string, OfferedTool>): McpError {
  const known = [...tools.keys()].slice(0, 20).join(", ") || "none";
  const more = tools.size > 20 ? `, and ${tools.size - 20} more` : "";
  return new McpError(
    ErrorCode.InvalidParams,
    `there is no tool called ${JSON.stringify(name)}; tools: ${known}${more}`,
  );
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // Text that only begins like an object stays text.
  }
}
