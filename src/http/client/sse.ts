/**
 * The `data:` payloads of a server-sent event stream, as they arrive. (`EventSource` can only GET and send no headers.)
 * @module
 */
import { tooLarge } from "./bounded-text.ts";

export interface EventBounds {
  /** Bytes of one event. */
  readonly eventBytes: number;
  /** Bytes of the whole stream; Infinity: as long as it likes. */
  readonly streamBytes: number;
}

/** Calls `onData` for each event; resolves when the stream ends. @throws LuaSkillsError `network_error` above the bounds */
export async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onData: (data: string) => void,
  { eventBytes, streamBytes }: EventBounds,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
      if (size > streamBytes) throw tooLarge(streamBytes);
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop() ?? "";
      if (rest.length > eventBytes) throw tooLarge(eventBytes);
      for (const event of events) {
        const data = event
          .split("\n")
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice("data:".length).replace(/^ /, ""));
        if (data.length > 0) onData(data.join("\n"));
      }
    }
  } catch (thrown) {
    await reader.cancel().catch(() => {}); // the stream that failed says so below
    throw thrown;
  }
}
