import { afterEach, expect, it, vi } from "vitest";
import { readEvents } from "./sse.ts";

const encoder = new TextEncoder();
const unbounded = { eventBytes: 2 ** 30, streamBytes: Number.POSITIVE_INFINITY };
afterEach(() => void vi.restoreAllMocks());

function inPieces(text: string, bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const all = encoder.encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= all.length) return controller.close();
      controller.enqueue(all.slice(at, at + bytes));
      at += bytes;
    },
  });
}

async function eventsOf(text: string, bytes: number, bounds = unbounded): Promise<string[]> {
  const events: string[] = [];
  await readEvents(inPieces(text, bytes), (data) => events.push(data), bounds);
  return events;
}

it("events are the same in whatever pieces they come", async () => {
  const text = ": hello\n\ndata: one\n\n\n\nevent: x\ndata:two\ndata: \u00e9\u4e2d\n\n\ndata: \n\ndata: unfinished\n";
  for (let bytes = 1; bytes <= text.length + 4; bytes++) {
    expect(await eventsOf(text, bytes)).toEqual(["one", "two\n\u00e9\u4e2d", ""]);
  }
});

it("a long event is looked through once, in however many pieces it comes", async () => {
  const looked = { length: 0 };
  const split = String.prototype.split as (this: string, separator: string) => string[];
  vi.spyOn(String.prototype, "split").mockImplementation(function (this: string, separator) {
    looked.length += this.length;
    return split.call(this, separator as unknown as string);
  });
  const text = `data: ${"x".repeat(2 ** 20)}\n\n`;
  const [event] = await eventsOf(text, 1024);
  expect(event?.length).toBe(2 ** 20);
  expect(looked.length).toBeLessThan(3 * text.length);
});

it("an event longer than allowed ends the stream before it is whole", async () => {
  const long = `data: ${"x".repeat(5000)}\n\n`;
  await expect(eventsOf(long, 100, { ...unbounded, eventBytes: 1000 })).rejects.toMatchObject({
    code: "network_error",
  });
  expect(await eventsOf("data: x\n\n".repeat(5000), 100, { ...unbounded, eventBytes: 1000 })).toHaveLength(5000);
});
