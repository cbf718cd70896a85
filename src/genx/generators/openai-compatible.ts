import { EventSourceParserStream } from "eventsource-parser/stream";
import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Message } from "../agents/message.ts";
import { toBase64 } from "../realtime/realtime-adapter.ts";
import { type Part, textOf } from "../streams/chunk.ts";
import type { GeneratePart, GenerateRequest, Generator } from "./generator.ts";
import { fetchWithRetries, type RetryOptions } from "./retries.ts";

export interface OpenAiCompatibleOptions extends RetryOptions {
  /** Up to `/chat/completions`, e.g. `https://host/v1`. */
  readonly baseUrl: string;
  /** Kept in memory only. A function is asked for each request. */
  readonly apiKey?: string | (() => string | Promise<string>);
  /** The endpoint's own name of the model; default: the name the request gives. */
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** It takes `response_format: json_schema`. Default false. */
  readonly schemaMode?: boolean;
  /** Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/** Any endpoint that speaks OpenAI's chat completions, streaming and with tools. */
export function openAiCompatible(options: OpenAiCompatibleOptions): Generator {
  const url = `${options.baseUrl.replace(/\/+$/, "")}/chat/completions`;
  return {
    schemaMode: options.schemaMode ?? false,
    async *stream(request) {
      const key = typeof options.apiKey === "function" ? await options.apiKey() : options.apiKey;
      const response = await fetchWithRetries(
        url,
        {
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "text/event-stream",
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
            ...options.headers,
          },
          body: JSON.stringify(body(request, options.model ?? request.model)),
          signal: request.signal,
        },
        options,
      );
      if (!response.ok) throw await refused(response);
      yield* readAnswer(response);
    },
  };
}

function body({ system, messages, tools, schema, options }: GenerateRequest, model: string): JsonObject {
  return {
    ...options,
    model,
    messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...messages.map(toMessage)],
    stream: true,
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: "function",
            function: { name, description, parameters },
          })),
        }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } }),
  };
}

function toMessage({ role, contents, toolCalls = [], toolResultId }: Message): JsonObject {
  if (role === "tool") return { role, tool_call_id: toolResultId ?? "", content: textOf(contents) };
  if (role === "user") {
    const plain = contents.every((part) => part.type === "text");
    return { role, content: plain ? textOf(contents) : contents.map(toPart) };
  }
  return {
    role: "assistant",
    content: textOf(contents) || null,
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, args }) => ({
            id,
            type: "function",
            function: { name, arguments: args },
          })),
        }),
  };
}

function toPart(part: Part): JsonObject {
  if (part.type === "text") return { type: "text", text: part.value };
  if (part.type === "data") return { type: "text", text: JSON.stringify(part.value) };
  const data = toBase64(part.data);
  if (part.mimeType.startsWith("image/")) {
    return { type: "image_url", image_url: { url: `data:${part.mimeType};base64,${data}` } };
  }
  const format = part.mimeType.replace(/^audio\/(?:x-)?/, "").replace(/;.*$/, "");
  return { type: "input_audio", input_audio: { data, format } };
}

async function refused(response: Response): Promise<LuaSkillsError> {
  const text = await response.text();
  let reason = text.slice(0, 500);
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } | string };
    reason = typeof error === "string" ? error : (error?.message ?? reason);
  } catch {
    // The body is a page or nothing: it is shown as it is.
  }
  const code = response.status === 401 || response.status === 403 ? "permission_denied" : "network_error";
  return new LuaSkillsError(
    code,
    `the model's endpoint answered HTTP ${response.status}: ${reason || "no reason given"}`,
    {
      data: { status: response.status },
    },
  );
}

interface Delta {
  readonly content?: string | null;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly {
    readonly index?: number;
    readonly id?: string;
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

async function* readAnswer(response: Response): AsyncGenerator<GeneratePart> {
  if (response.body === null) throw new LuaSkillsError("network_error", "the model's endpoint answered without a body");
  const events = response.body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  const calls = new Map<number, { id: string; name: string; args: string }>();
  let reason: string | undefined;
  let ended = false;
  try {
    for (let next = await events.read(); !next.done; next = await events.read()) {
      if (next.value.data === "[DONE]") {
        ended = true;
        break;
      }
      const chunk = JSON.parse(next.value.data) as {
        choices?: { delta?: Delta; finish_reason?: string | null }[];
        usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
        error?: { message?: string };
      };
      if (chunk.error)
        throw new LuaSkillsError("network_error", `the model failed: ${chunk.error.message ?? "no reason given"}`);
      const [choice] = chunk.choices ?? [];
      if (choice?.delta?.content) yield { type: "text", text: choice.delta.content };
      if (choice?.delta?.reasoning_content) yield { type: "reasoning", text: choice.delta.reasoning_content };
      collect(choice?.delta, calls);
      reason = choice?.finish_reason ?? reason;
      if (chunk.usage) {
        yield { type: "usage", inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens };
      }
    }
  } finally {
    await events.cancel().catch(() => undefined);
  }
  if (!ended && reason === undefined) throw new LuaSkillsError("network_error", "the model's answer was cut off");
  for (const [, { id, name, args }] of [...calls].sort(([a], [b]) => a - b)) {
    yield { type: "tool_call", id, name, args };
  }
  yield { type: "finish", reason: reason ?? "stop" };
}

/** A call comes in pieces: its name first, then its arguments bit by bit. */
function collect(delta: Delta | undefined, calls: Map<number, { id: string; name: string; args: string }>): void {
  for (const piece of delta?.tool_calls ?? []) {
    const index = piece.index ?? calls.size;
    const call = calls.get(index) ?? { id: piece.id ?? `call_${index}`, name: "", args: "" };
    calls.set(index, call);
    if (piece.id) call.id = piece.id;
    call.name += piece.function?.name ?? "";
    call.args += piece.function?.arguments ?? "";
  }
}
