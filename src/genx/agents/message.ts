import { bytesToLatin1 } from "../../base/bytes/latin1.ts";
import type { JsonObject } from "../../contract/contract.ts";
import { type Part, textOf } from "../streams/chunk.ts";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly args: string;
}

export interface Message {
  readonly role: "user" | "model" | "tool";
  readonly contents: readonly Part[];
  /** Of a model's message. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's message: the call it answers, and the tool's name. */
  readonly toolResultId?: string;
  readonly toolName?: string;
}

/** `[role]: content`, a line each. */
export function formatMessages(messages: readonly Message[]): string {
  return messages.map(formatMessage).join("\n");
}

function formatMessage({ role, contents, toolCalls = [] }: Message): string {
  const calls = toolCalls.map(({ name, args }) => `${name}(${args})`);
  const blobs = contents.flatMap((part) =>
    part.type === "blob" ? [`<${part.mimeType}, ${part.data.length} bytes>`] : [],
  );
  return `[${role}]: ${[textOf(contents), ...blobs, ...calls].filter((text) => text !== "").join(" ")}`;
}

/** A message as stored JSON. */
export function messageToJson({ role, contents, toolCalls = [], toolResultId, toolName }: Message): JsonObject {
  return {
    role,
    contents: contents.map(partToJson),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, args }) => ({
            tool_call_id: id,
            tool_call_name: name,
            tool_call_args: args,
          })),
        }),
    ...(toolResultId === undefined ? {} : { tool_result_id: toolResultId }),
    ...(toolName === undefined ? {} : { tool_name: toolName }),
  };
}

export function messageFromJson(json: JsonObject): Message {
  const { role, contents, tool_calls: calls, tool_result_id: resultId, tool_name: toolName } = json;
  return {
    role: role === "model" || role === "tool" ? role : "user",
    contents: Array.isArray(contents) ? contents.map((part) => partFromJson(part as JsonObject)) : [],
    ...(Array.isArray(calls)
      ? {
          toolCalls: (calls as JsonObject[]).map((call) => ({
            id: String(call.tool_call_id ?? ""),
            name: String(call.tool_call_name ?? ""),
            args: String(call.tool_call_args ?? ""),
          })),
        }
      : {}),
    ...(typeof resultId === "string" ? { toolResultId: resultId } : {}),
    ...(typeof toolName === "string" ? { toolName } : {}),
  };
}

function partToJson(part: Part): JsonObject {
  if (part.type !== "blob") return { ...part };
  return {
    type: "blob",
    data: btoa(bytesToLatin1(part.data)),
    mime_type: part.mimeType,
  };
}

function partFromJson(json: JsonObject): Part {
  if (json.type === "blob") {
    const data = Uint8Array.from(atob(String(json.data ?? "")), (character) => character.charCodeAt(0));
    return { type: "blob", data, mimeType: String(json.mime_type ?? "") };
  }
  return json.type === "data"
    ? { type: "data", value: json.value ?? null }
    : { type: "text", value: String(json.value ?? "") };
}
