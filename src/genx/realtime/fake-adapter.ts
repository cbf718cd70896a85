import type { RealtimeAdapter, RealtimeEvent } from "./realtime-adapter.ts";
import { fromBase64, toBase64 } from "./realtime-adapter.ts";

/** Events as they are, as JSON: for tests with a server that speaks the same. */
export function fakeRealtime(): RealtimeAdapter {
  return {
    open: (options) => [JSON.stringify({ type: "open", ...options })],
    encode: ({ part, isEos }) => [
      JSON.stringify({
        type: "input",
        ...(part?.type === "blob" ? { audio: toBase64(part.data), mimeType: part.mimeType } : {}),
        ...(part?.type === "text" ? { text: part.value } : {}),
        ...(isEos ? { isEos } : {}),
      }),
    ],
    decode(frame) {
      const event = JSON.parse(typeof frame === "string" ? frame : new TextDecoder().decode(frame)) as RealtimeEvent;
      if (event.type !== "audio") return [event];
      return [{ ...event, audio: fromBase64(event.audio as unknown as string) }];
    },
    toolResult: (id, name, result) => [JSON.stringify({ type: "tool_result", id, name, result })],
    cancel: () => [JSON.stringify({ type: "cancel" })],
    close: () => [JSON.stringify({ type: "close" })],
  };
}
