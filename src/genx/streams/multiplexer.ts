import type { Agent } from "../agents/agent.ts";
import type { AgentEvent } from "../agents/agent-event.ts";
import { Channel } from "./channel.ts";
import type { Chunk } from "./chunk.ts";

export type StreamKind = "text" | "audio" | "data";

/** What a stream of a multiplexer carries: chunks, and a mark where a turn ends. */
export type StreamItem = { readonly type: "chunk"; readonly chunk: Chunk } | { readonly type: "turn_end" };

export interface AgentStream {
  /** The agent's state id. */
  readonly id: string;
  readonly agentDef: string;
  readonly kind: StreamKind;
  readonly streamId: string | undefined;
  readonly readable: ReadableStream<StreamItem>;
}

export interface MultiplexOptions {
  /** Which streams are kept; default: all. */
  readonly select?: (stream: Pick<AgentStream, "id" | "agentDef" | "kind" | "streamId">) => boolean;
  /** Called with the first chunk of each stream. */
  readonly onStream?: (stream: AgentStream) => void;
  /** Items that may wait in a stream. Default 64. */
  readonly capacity?: number;
  /** What a full stream does: hold the agent back, or lose its oldest chunk. Default: audio loses, the rest holds. */
  readonly policy?: (kind: StreamKind) => "block" | "drop-oldest";
}

export interface Multiplexer {
  /** The streams so far. */
  readonly streams: readonly AgentStream[];
  /** Every event that is no chunk. */
  readonly control: ReadableStream<AgentEvent>;
  /** Resolves when the agent is closed and all streams have ended. */
  readonly done: Promise<void>;
  /** Stops reading the agent; streams end. */
  cancel(): Promise<void>;
}

interface Lane {
  readonly stream: AgentStream;
  readonly items: Channel<StreamItem>;
  readonly policy: "block" | "drop-oldest";
}

const defaultCapacity = 64;

/** Reads an agent once and gives each agent state, kind and stream id a stream of its own (genx.md §8). */
export function multiplex(agent: Agent, options: MultiplexOptions = {}): Multiplexer {
  const { capacity = defaultCapacity, select = () => true } = options;
  const policyOf = options.policy ?? ((kind) => (kind === "audio" ? "drop-oldest" : "block"));
  const lanes = new Map<string, Lane | undefined>();
  const streams: AgentStream[] = [];
  const control = new Channel<AgentEvent>(capacity);
  const stop = new AbortController();

  const lane = (event: AgentEvent, chunk: Chunk): Lane | undefined => {
    const kind = kindOf(chunk);
    const { streamId } = chunk;
    const key = JSON.stringify([event.agentStateId, kind, streamId ?? null]);
    if (lanes.has(key)) return lanes.get(key);
    const about = { id: event.agentStateId, agentDef: event.agentDef, kind, streamId };
    if (!select(about)) {
      lanes.set(key, undefined);
      return undefined;
    }
    const items = new Channel<StreamItem>(capacity);
    const made: Lane = { stream: { ...about, readable: readableOf(items) }, items, policy: policyOf(kind) };
    lanes.set(key, made);
    streams.push(made.stream);
    options.onStream?.(made.stream);
    return made;
  };

  const of = (id: string): Lane[] => [...lanes.values()].filter((each): each is Lane => each?.stream.id === id);

  const put = async ({ items, policy }: Lane, item: StreamItem): Promise<void> => {
    if (policy === "drop-oldest" && items.size >= capacity) items.poll();
    await items.send(item, stop.signal);
  };

  const read = async (): Promise<void> => {
    for (;;) {
      const event = await agent.next();
      if (stop.signal.aborted) return;
      if (event.type === "chunk") {
        const found = lane(event, event.chunk);
        if (found) await put(found, { type: "chunk", chunk: event.chunk });
        continue;
      }
      // Nobody has to read the control channel: its oldest event gives way.
      if (control.size >= capacity) control.poll();
      control.push(event);
      if (event.type === "eof") for (const each of of(event.agentStateId)) await put(each, { type: "turn_end" });
      if (event.type === "closed") {
        if (event.agentStateId === agent.stateId) return;
        for (const each of of(event.agentStateId)) each.items.close();
      }
      if (event.type === "interrupted" && !event.resumable && event.agentStateId === agent.stateId) {
        for (const each of of(event.agentStateId)) await put(each, { type: "turn_end" });
        await nextInput(agent, stop.signal);
      }
    }
  };

  const done = read().finally(() => {
    for (const each of lanes.values()) each?.items.close();
    control.close();
  });
  return {
    get streams() {
      return streams;
    },
    control: readableOf(control),
    done,
    async cancel() {
      stop.abort();
      for (const each of lanes.values()) each?.items.close();
      control.close();
    },
  };
}

function kindOf({ part }: Chunk): StreamKind {
  if (part?.type === "blob") return "audio";
  return part?.type === "data" ? "data" : "text";
}

/** An interrupted agent repeats itself until it is spoken to. */
async function nextInput(agent: Agent, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !agent.busy && !agent.closed) await agent.changed(signal);
}

function readableOf<T>(channel: Channel<T>): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const item = await channel.take();
        if (item === undefined) controller.close();
        else controller.enqueue(item);
      },
      cancel: () => channel.close(),
    },
    { highWaterMark: 0 },
  );
}
