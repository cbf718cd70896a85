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
  /** The event under way, in the pieces in which it came: whoever looked through all of it with each would never end. */
  let pieces: string[] = [];
  let held = 0;
  /** A line break at the end of a piece: the next one may begin with the second. */
  let open = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
      if (size > streamBytes) throw tooLarge(streamBytes);
      const events = (open + decoder.decode(value, { stream: true })).split("\n\n");
      const last = events.pop() ?? "";
      for (const event of events) {
        pieces.push(event);
        const data = dataOf(pieces.join(""));
        pieces = [];
        held = 0;
        if (data !== undefined) onData(data);
      }
      open = last.endsWith("\n") ? "\n" : "";
      const piece = open ? last.slice(0, -1) : last;
      pieces.push(piece);
      held += piece.length;
      if (held > eventBytes) throw tooLarge(eventBytes);
    }
  } catch (thrown) {
    await reader.cancel().catch(() => {}); // the stream that failed says so below
    throw thrown;
  }
}

/** Undefined: it has none. */
function dataOf(event: string): string | undefined {
  const lines = event.split("\n").filter((line) => line.startsWith("data:"));
  return lines.length > 0 ? lines.map((line) => line.slice("data:".length).replace(/^ /, "")).join("\n") : undefined;
}
