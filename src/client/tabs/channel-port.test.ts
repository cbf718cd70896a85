import { afterEach, describe, expect, it } from "vitest";
import { ChannelPort } from "./channel-port.ts";

const open: ChannelPort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

let channels = 0;
/** Both ends of a channel, what each has heard, and a wait for so many messages. */
function channel() {
  const name = `channel-${++channels}`;
  const ends = [0, 1].map(() => {
    const port = new ChannelPort("unit", name);
    open.push(port);
    const heard: unknown[] = [];
    let tell = () => {};
    port.addEventListener("message", ({ data }) => {
      heard.push(data);
      tell();
    });
    const has = async (count: number) => {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
      return heard;
    };
    return { port, has };
  });
  return ends as [(typeof ends)[number], (typeof ends)[number]];
}
const counted = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe("a channel between two tabs", () => {
  it("keeps the order of what both say while it moves from the channel to a port", async () => {
    const [a, b] = channel();
    const { port1, port2 } = new MessageChannel();
    for (const n of counted(0, 20)) {
      a.port.postMessage(n);
      b.port.postMessage(-n);
    }
    a.port.offer(port1);
    a.port.postMessage(20);
    b.port.move(port2);
    for (const n of counted(21, 20)) {
      b.port.postMessage(20 - n);
      a.port.postMessage(n);
    }
    expect(await b.has(41)).toEqual(counted(0, 41));
    expect(await a.has(40)).toEqual([...counted(0, 20).map((n) => -n), ...counted(21, 20).map((n) => 20 - n)]);
    // Both have moved: bytes go over at the cost of none here.
    const bytes = new Uint8Array(10);
    a.port.postMessage(bytes, [bytes.buffer]);
    expect((await b.has(42)).at(-1)).toEqual(new Uint8Array(10));
    expect(bytes.length).toBe(0);
  });

  it("stays on the channel when the port that was offered does not arrive", async () => {
    const [a, b] = channel();
    a.port.offer(new MessageChannel().port1);
    for (const n of counted(0, 10)) a.port.postMessage(n);
    expect(await b.has(10)).toEqual(counted(0, 10));
    b.port.postMessage("answer");
    expect(await a.has(1)).toEqual(["answer"]);
  });

  it("takes the first port, and says nothing once it is closed", async () => {
    const [a, b] = channel();
    const [first, second] = [new MessageChannel(), new MessageChannel()];
    a.port.offer(first.port1);
    b.port.move(first.port2);
    b.port.move(second.port2);
    b.port.postMessage(1);
    expect(await a.has(1)).toEqual([1]);
    b.port.close();
    b.port.postMessage(2);
    a.port.postMessage(3);
    expect(await a.has(1)).toEqual([1]);
  });
});
