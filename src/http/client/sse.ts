/**
 * The `data:` payloads of a server-sent event stream, as they arrive. (`EventSource` can only GET and send no headers.)
 * @module
 */

/** Calls `onData` for each event; resolves when the stream ends. */
export async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onData: (data: string) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const data = event
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice("data:".length).replace(/^ /, ""));
      if (data.length > 0) onData(data.join("\n"));
    }
  }
}
