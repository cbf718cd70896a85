import type { JsonObject } from "../../contract/contract.ts";
import { type Chunk, textOf } from "../streams/chunk.ts";
import { type Frame, fromBase64, type RealtimeAdapter, type RealtimeEvent, toBase64 } from "./realtime-adapter.ts";

const frame = (value: JsonObject): Frame => JSON.stringify(value);

/** OpenAI's realtime events, in both spellings of their names (genx.md §7.5). */
export function openAiRealtime({ mimeType = "audio/pcm" }: { readonly mimeType?: string } = {}): RealtimeAdapter {
  /** The answer that is being given: what an interruption truncates. */
  let item: string | undefined;
  const known = (type: string, event: JsonObject): readonly RealtimeEvent[] => {
    if (typeof event.item_id === "string" && type.startsWith("response.")) item = event.item_id;
    switch (type) {
      case "session.created":
      case "session.updated":
        return type === "session.updated" ? [] : [{ type: "ready" }];
      case "response.text.delta":
      case "response.output_text.delta":
        return [{ type: "text", text: String(event.delta ?? "") }];
      case "response.audio_transcript.delta":
      case "response.output_audio_transcript.delta":
        return [{ type: "text", text: String(event.delta ?? ""), transcript: "model" }];
      case "response.audio.delta":
      case "response.output_audio.delta":
        return [{ type: "audio", audio: fromBase64(String(event.delta ?? "")), mimeType }];
      case "conversation.item.input_audio_transcription.completed":
        return [{ type: "asr_done", text: String(event.transcript ?? "") }];
      case "input_audio_buffer.speech_started":
        return [{ type: "speech_started" }];
      case "response.function_call_arguments.done": {
        const { call_id: id, name, arguments: args } = event;
        return [{ type: "tool_call", id: String(id ?? ""), name: String(name ?? ""), args: String(args ?? "") }];
      }
      case "response.done":
        item = undefined;
        return [{ type: "done" }];
      case "error": {
        const error = event.error as JsonObject | undefined;
        return [{ type: "error", message: String(error?.message ?? "the realtime model reported an error") }];
      }
      default:
        return [];
    }
  };
  return {
    open: ({ instructions, tools, session = {} }) => [
      frame({
        type: "session.update",
        session: {
          type: "realtime",
          ...(instructions === "" ? {} : { instructions }),
          ...(tools.length === 0
            ? {}
            : {
                tools: tools.map(({ name, description, parameters }) => ({
                  type: "function",
                  name,
                  description,
                  parameters,
                })),
              }),
          ...session,
        },
      }),
    ],
    encode: (chunk) => encode(chunk),
    decode(data) {
      const event = JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data)) as JsonObject;
      return known(String(event.type ?? ""), event);
    },
    toolResult: (callId, _name, output) => [
      frame({ type: "conversation.item.create", item: { type: "function_call_output", call_id: callId, output } }),
      frame({ type: "response.create" }),
    ],
    cancel() {
      const truncated = item;
      item = undefined;
      return [
        frame({ type: "response.cancel" }),
        ...(truncated === undefined
          ? []
          : [frame({ type: "conversation.item.truncate", item_id: truncated, content_index: 0, audio_end_ms: 0 })]),
        frame({ type: "input_audio_buffer.clear" }),
      ];
    },
    close: () => [],
  };
}

function encode({ part, isEos }: Chunk): readonly Frame[] {
  const frames: Frame[] = [];
  if (part?.type === "blob") frames.push(frame({ type: "input_audio_buffer.append", audio: toBase64(part.data) }));
  if (part?.type === "text" || part?.type === "data") {
    const text = part.type === "text" ? textOf([part]) : JSON.stringify(part.value);
    frames.push(
      frame({
        type: "conversation.item.create",
        item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
      }),
      frame({ type: "response.create" }),
    );
  }
  if (isEos && part?.type !== "text") {
    frames.push(frame({ type: "input_audio_buffer.commit" }), frame({ type: "response.create" }));
  }
  return frames;
}
