import { LuaSkillsError } from "../../errors.ts";

export interface EventSink {
  /**
   * One server-sent event; `data` is a single line. Ignored once the stream has ended. `last`: the answer itself, which may
   * be larger than what waits for a reader otherwise.
   */
  send(data: string, last?: boolean): void;
  /** Aborts when the reader goes away. */
  readonly signal: AbortSignal;
}

/**
 * A response that streams events while `work` runs and ends with it. When the reader leaves, the signal aborts; an
 * answer above `maxBytes` ends with `onOverflow`'s event, and a reader that lets more than `waitingBytes` wait is cut off.
 */
export function eventStream(
  work: (sink: EventSink) => Promise<void>,
  {
    maxBytes,
    waitingBytes,
    onOverflow,
  }: {
    readonly maxBytes: number;
    readonly waitingBytes: number;
    readonly onOverflow: (error: LuaSkillsError) => string;
  },
): Response {
  const controller = new AbortController();
  const encoder = new TextEncoder();
  let open = true;
  const body = new ReadableStream<Uint8Array>(
    {
      start(stream) {
        let sent = 0;
        const end = () => {
          if (open) stream.close();
          open = false;
        };
        const send = (data: string, last = false) => {
          if (!open) return;
          const bytes = encoder.encode(`data: ${data}\n\n`);
          sent += bytes.length;
          const room = stream.desiredSize ?? 0;
          if (!last && sent <= maxBytes && bytes.length > room) {
            const slow = new LuaSkillsError(
              "aborted",
              `the client left more than ${waitingBytes} bytes of events unread`,
            );
            open = false;
            stream.error(slow);
            controller.abort(slow);
            return;
          }
          if (sent <= maxBytes) return stream.enqueue(bytes);
          const error = new LuaSkillsError("output_exceeded", `the answer is larger than ${maxBytes} bytes`, {
            data: { maxBytes },
          });
          stream.enqueue(encoder.encode(`data: ${onOverflow(error)}\n\n`));
          end();
          controller.abort(error);
        };
        // Some hosts hold a response back until its first byte.
        stream.enqueue(encoder.encode(": open\n\n"));
        void work({ send, signal: controller.signal }).then(end, (thrown) => {
          send(onOverflow(LuaSkillsError.from(thrown)), true);
          end();
        });
      },
      cancel() {
        open = false;
        controller.abort(new LuaSkillsError("aborted", "the client closed the connection"));
      },
    },
    { highWaterMark: waitingBytes, size: (bytes) => bytes?.length ?? 0 },
  );
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
  });
}
