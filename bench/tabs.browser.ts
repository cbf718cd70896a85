/**
 * What a call costs from a tab that does not lead, and what the ways between two tabs cost by themselves: the channel that is used,
 * and a port that a shared worker hands over.
 * @module
 */
import { createRuntime, type Runtime } from "../src/index.ts";
import type { Bench, BenchFile } from "./harness/harness.ts";

const storage = { kind: "browser", name: "bench-tabs" } as const;
const leads = location.search === "?leads";
/** Keeps the port of the tab that leads, and hands it to the other. */
const broker =
  "data:text/javascript,let q;onconnect=({ports:[p]})=>{p.onmessage=({ports})=>{if(ports[0])q=ports[0];else p.postMessage(0,[q])}}";
const echoes = "bench-tabs-echo";

export const benches: BenchFile["benches"] = async () => {
  if (leads) return lead();
  const ready = new Promise((resolve) => {
    const channel = new BroadcastChannel("bench-tabs-ready");
    channel.onmessage = resolve;
  });
  // Without an opener it is a tab like any other, in a process of its own.
  open(`${location.pathname}?leads`, "", "noopener");
  await ready;
  const follower = await createRuntime({ storage });
  if (follower.capabilities.role !== "follower") throw new Error("the other tab does not lead");
  const own = await createRuntime({ storage: { kind: "browser", name: "bench-tabs-own" } });
  const megabyte = new Uint8Array(2 ** 20);
  for (const runtime of [follower, own]) await runtime.fs.write("/runtime/data/small", new Uint8Array(100));
  const calls = (question: string, batch: (runtime: typeof own) => Promise<unknown>, rounds: number): Bench => ({
    question,
    subject: { name: "follower", batch: () => repeat(rounds, () => batch(follower)) },
    reference: { name: "leader", batch: () => repeat(rounds, () => batch(own)) },
  });
  const channel = channelEcho();
  const port = await portEcho();
  const ways = (question: string, value: unknown, rounds: number): Bench => ({
    question,
    subject: { name: "channel", batch: () => repeat(rounds, () => channel(value)) },
    reference: { name: "port", batch: () => repeat(rounds, () => port(value)) },
  });
  return {
    list: [
      calls("run of `return 1`", (runtime) => runtime.runLua("return 1"), 20),
      calls("read of a file of 100 bytes", (runtime) => runtime.fs.readBytes("/runtime/data/small"), 20),
      calls("write of a file of 1 MB", (runtime) => runtime.fs.write("/runtime/data/large", megabyte), 2),
      ways("there and back between tabs, 100 bytes", new Uint8Array(100), 50),
      ways("there and back between tabs, 1 MB", megabyte, 2),
      handOver,
    ],
    close: () => Promise.all([follower, own, ...relay].map((runtime) => runtime.close())),
  };
};

/** Over one store: who leads is first. */
const relay: Runtime[] = [];
/** Milliseconds after which a follower has an engine ready. */
const readyMs = 2_000;

/** From the end of a leader to the first answer of the next. */
const handOver: Bench = {
  question: "a leader goes, the next one answers",
  subject: {
    name: "hand-over",
    batch: async () => {
      while (relay.length < 2) relay.push(await createRuntime({ storage: { kind: "browser", name: "bench-relay" } }));
      await new Promise((resolve) => setTimeout(resolve, readyMs));
      const [leader, next] = relay;
      await leader?.close();
      relay.shift();
      const started = performance.now();
      await next?.runLua("return 1");
      return { us: (performance.now() - started) * 1000 };
    },
  },
  reference: {
    name: "start of a runtime",
    batch: async () => {
      const started = performance.now();
      const runtime = await createRuntime({ storage: { kind: "browser", name: "bench-start" } });
      await runtime.runLua("return 1");
      const us = (performance.now() - started) * 1000;
      await runtime.close();
      return { us };
    },
  },
  wanted: 1,
  rounds: 9,
};

async function repeat(times: number, work: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < times; i++) await work();
  return times;
}

async function lead(): Promise<never> {
  await createRuntime({ storage });
  const channel = new BroadcastChannel(echoes);
  channel.onmessage = ({ data }) => channel.postMessage(data);
  const { port1, port2 } = new MessageChannel();
  const shared = new SharedWorker(broker);
  shared.port.start();
  shared.port.postMessage(0, [port2]);
  port1.onmessage = ({ data }) => port1.postMessage(data);
  new BroadcastChannel("bench-tabs-ready").postMessage(true);
  return new Promise(() => {});
}

function channelEcho(): (value: unknown) => Promise<unknown> {
  const channel = new BroadcastChannel(echoes);
  return (value) =>
    new Promise((resolve) => {
      channel.onmessage = resolve;
      channel.postMessage(value);
    });
}

function portEcho(): Promise<(value: unknown) => Promise<unknown>> {
  const shared = new SharedWorker(broker);
  return new Promise((resolve, reject) => {
    shared.onerror = () => reject(new Error("the shared worker did not start"));
    shared.port.onmessage = ({ ports: [port] }) => {
      if (!port) return reject(new Error("no port was handed over"));
      resolve(
        (value) =>
          new Promise((answered) => {
            port.onmessage = answered;
            port.postMessage(value);
          }),
      );
    };
    shared.port.postMessage(0);
  });
}
