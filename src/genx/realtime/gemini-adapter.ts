import type { JsonObject } from "../../contract/contract.ts";
import { type Frame, fromBase64, type RealtimeAdapter, type RealtimeEvent, toBase64 } from "./realtime-adapter.ts";

const frame = (value: JsonObject): Frame => JSON.stringify(value);

/** Gemini's live events. */
export function geminiRealtime({
  mimeType = "audio/pcm;rate=16000",
}: {
  readonly mimeType?: string;
} = {}): RealtimeAdapter {
  return {
    open: ({ model, instructions, tools, session = {} }) => [
      frame({
        setup: {
          model,
          ...(instructions === "" ? {} : { systemInstruction: { parts: [{ text: instructions }] } }),
          ...(tools.length === 0
            ? {}
            : {
                tools: [
                  {
                    functionDeclarations: tools.map(({ name, description, parameters }) => ({
                      name,
                      description,
                      parameters,
                    })),
                  },
                ],
              }),
          ...session,
        },
      }),
    ],
    encode({ part, isEos }) {
      if (part?.type === "blob") {
        const audio = { data: toBase64(part.data), mimeType: part.mimeType || mimeType };
        return [
          frame({ realtimeInput: { audio } }),
          ...(isEos ? [frame({ realtimeInput: { audioStreamEnd: true } })] : []),
        ];
      }
      if (part === undefined) return isEos ? [frame({ realtimeInput: { audioStreamEnd: true } })] : [];
      const text = part.type === "text" ? part.value : JSON.stringify(part.value);
      return [frame({ clientContent: { turns: [{ role: "user", parts: [{ text }] }], turnComplete: true } })];
    },
    decode(data) {
      const event = JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data)) as JsonObject;
      return decode(event);
    },
    toolResult: (id, name, result) => [
      frame({ toolResponse: { functionResponses: [{ id, name, response: { output: result } }] } }),
    ],
    // There is no frame for it: new input of the user interrupts the model.
    cancel: () => [],
    close: () => [],
  };
}

function decode(event: JsonObject): readonly RealtimeEvent[] {
  if (event.setupComplete !== undefined) return [{ type: "ready" }];
  const events: RealtimeEvent[] = [];
  const calls = (event.toolCall as JsonObject | undefined)?.functionCalls;
  for (const call of Array.isArray(calls) ? (calls as JsonObject[]) : []) {
    const { id, name, args } = call;
    events.push({
      type: "tool_call",
      id: String(id ?? name ?? ""),
      name: String(name ?? ""),
      args: JSON.stringify(args ?? {}),
    });
  }
  const content = event.serverContent as JsonObject | undefined;
  if (content === undefined) return events;
  const parts = (content.modelTurn as JsonObject | undefined)?.parts;
  for (const part of Array.isArray(parts) ? (parts as JsonObject[]) : []) {
    const inline = part.inlineData as JsonObject | undefined;
    if (typeof part.text === "string") events.push({ type: "text", text: part.text });
    if (inline) {
      const mimeType = String(inline.mimeType ?? "audio/pcm");
      events.push({ type: "audio", audio: fromBase64(String(inline.data ?? "")), mimeType });
    }
  }
  const said = (content.outputTranscription as JsonObject | undefined)?.text;
  const heard = (content.inputTranscription as JsonObject | undefined)?.text;
  if (typeof said === "string") events.push({ type: "text", text: said, transcript: "model" });
  if (typeof heard === "string") events.push({ type: "asr_done", text: heard });
  if (content.interrupted === true) events.push({ type: "speech_started" });
  if (content.turnComplete === true) events.push({ type: "done" });
  return events;
}
