import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Message } from "../agents/message.ts";
import { type Part, textOf } from "../streams/chunk.ts";
import type { GeneratePart, GenerateRequest, Generator } from "./generator.ts";

/** What is used of an AI SDK language model, specification v3 and v4; by shape, so that no package is needed. */
export interface AiSdkModel {
  readonly specificationVersion: string;
  doStream(options: object): PromiseLike<{ readonly stream: ReadableStream<AiSdkStreamPart> }>;
}

type AiSdkStreamPart = { readonly type: string; readonly [key: string]: unknown };

/** Makes a generator of an AI SDK language model. @throws LuaSkillsError `invalid_argument` for another specification */
export function fromAiSdk(model: AiSdkModel): Generator {
  const version = model?.specificationVersion;
  if (version !== "v3" && version !== "v4") {
    throw new LuaSkillsError(
      "invalid_argument",
      `fromAiSdk: a language model of specification v3 or v4 is needed, got ${JSON.stringify(version) ?? "none"}`,
    );
  }
  return {
    schemaMode: true,
    async *stream(request) {
      const { stream } = await model.doStream(callOptions(request));
      const reader = stream.getReader();
      const calls = new Map<string, { name: string; args: string }>();
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          const part = readPart(next.value, calls);
          if (part) yield part;
        }
      } finally {
        await reader.cancel().catch(() => undefined);
      }
      for (const [id, { name, args }] of calls) yield { type: "tool_call", id, name, args };
    },
  };
}

function callOptions({ system, messages, tools, schema, options, signal }: GenerateRequest): object {
  return {
    ...options,
    prompt: [...(system === "" ? [] : [{ role: "system", content: system }]), ...messages.flatMap(promptMessage)],
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: "function",
            name,
            description,
            inputSchema: parameters,
          })),
          toolChoice: { type: "auto" },
        }),
    ...(schema === undefined ? {} : { responseFormat: { type: "json", schema } }),
    abortSignal: signal,
  };
}

function promptMessage({ role, contents, toolCalls = [], toolResultId, toolName }: Message): object[] {
  if (role === "tool") {
    const output = { type: "text", value: textOf(contents) };
    return [
      { role, content: [{ type: "tool-result", toolCallId: toolResultId ?? "", toolName: toolName ?? "", output }] },
    ];
  }
  const parts = contents.map(promptPart);
  if (role === "user") return [{ role, content: parts }];
  const calls = toolCalls.map(({ id, name, args }) => ({
    type: "tool-call",
    toolCallId: id,
    toolName: name,
    input: input(args),
  }));
  return [{ role: "assistant", content: [...parts, ...calls] }];
}

function promptPart(part: Part): object {
  if (part.type === "text") return { type: "text", text: part.value };
  if (part.type === "blob") return { type: "file", data: part.data, mediaType: part.mimeType };
  return { type: "text", text: JSON.stringify(part.value) };
}

function input(args: string): Json {
  try {
    return JSON.parse(args) as JsonObject;
  } catch {
    return args;
  }
}

/** Input of a tool comes in pieces or whole; a whole call replaces its pieces. */
function readPart(part: AiSdkStreamPart, calls: Map<string, { name: string; args: string }>): GeneratePart | undefined {
  const id = String(part.toolCallId ?? part.id ?? "");
  switch (part.type) {
    case "text-delta":
      return { type: "text", text: String(part.delta ?? "") };
    case "reasoning-delta":
      return { type: "reasoning", text: String(part.delta ?? "") };
    case "tool-input-start":
      calls.set(id, { name: String(part.toolName ?? ""), args: "" });
      return undefined;
    case "tool-input-delta": {
      const call = calls.get(id);
      if (call) call.args += String(part.delta ?? "");
      return undefined;
    }
    case "tool-call": {
      calls.delete(id);
      if (part.providerExecuted === true) return undefined;
      const args = typeof part.input === "string" ? part.input : JSON.stringify(part.input ?? {});
      return { type: "tool_call", id, name: String(part.toolName ?? ""), args };
    }
    case "finish":
      return { type: "finish", reason: reasonOf(part.finishReason) };
    case "error":
      throw part.error instanceof Error
        ? part.error
        : new LuaSkillsError("network_error", `the model failed: ${JSON.stringify(part.error) ?? "no reason given"}`);
    default:
      return undefined;
  }
}

/** A text in older models, `{ unified, raw }` in newer ones. */
function reasonOf(reason: unknown): string {
  if (typeof reason === "object" && reason !== null && "unified" in reason) return String(reason.unified);
  return String(reason ?? "stop");
}
