import type { Json } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { Channel } from "./channel.ts";
import type { Chunk } from "./chunk.ts";

/**
 * Turns a stream of chunks into another one (genx.md §7.8): passes on what it does not understand, answers `isEos` with an
 * `isEos` of its own kind, and ends when its input ends.
 */
export type Transformer = (
  input: AsyncIterable<Chunk>,
  config: Readonly<Record<string, Json>>,
  signal: AbortSignal,
) => AsyncIterable<Chunk>;

/** A transformer, and whether its config has to name a model. */
export type TransformerEntry = Transformer | { readonly transform: Transformer; readonly requiresModel?: boolean };

/** Both ends of a running transformer. */
export class BidirectionalStream {
  readonly #input = new Channel<Chunk>();
  readonly #controller = new AbortController();
  readonly #output: AsyncIterator<Chunk>;

  constructor(transformer: Transformer, config: Readonly<Record<string, Json>>) {
    this.#output = transformer(drain(this.#input), config, this.#controller.signal)[Symbol.asyncIterator]();
  }

  /** Waits while the transformer is behind. @throws LuaSkillsError `runtime_closed` */
  async send(chunk: Chunk, signal?: AbortSignal): Promise<void> {
    if (await this.#input.send(chunk, signal)) return;
    signal?.throwIfAborted();
    throw new LuaSkillsError("runtime_closed", "stream is closed");
  }

  closeSend(): void {
    this.#input.close();
  }

  /** Undefined at the end. */
  async receive(): Promise<Chunk | undefined> {
    const next = await this.#output.next();
    return next.done ? undefined : next.value;
  }

  async close(): Promise<void> {
    this.#input.close();
    this.#controller.abort();
    await this.#output.return?.();
  }
}

async function* drain(channel: Channel<Chunk>): AsyncGenerator<Chunk> {
  for (let chunk = await channel.take(); chunk !== undefined; chunk = await channel.take()) yield chunk;
}
