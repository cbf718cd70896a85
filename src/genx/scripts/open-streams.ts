import { LuaSkillsError } from "../../errors.ts";
import type { Chunk } from "../streams/chunk.ts";

/** A stream that Lua reads, and perhaps writes. */
export interface LuaStream {
  receive(signal: AbortSignal): Promise<Chunk | undefined>;
  send?(chunk: Chunk, signal: AbortSignal): Promise<void>;
  closeSend?(): void;
  close(): unknown;
}

const maxStreams = 1000;

/** The streams that Lua has open, by names nobody can guess. */
export class OpenStreams {
  readonly #streams = new Map<string, { readonly stream: LuaStream; readonly closed: () => void }>();

  /** `closed` is called when it is closed. @throws LuaSkillsError `overloaded` */
  add(stream: LuaStream, closed: () => void): string {
    if (this.#streams.size >= maxStreams) {
      throw new LuaSkillsError("overloaded", `more than ${maxStreams} streams are open; close them`);
    }
    const id = crypto.randomUUID();
    this.#streams.set(id, { stream, closed });
    return id;
  }

  /** @throws LuaSkillsError `not_found` */
  get(id: unknown): LuaStream {
    const stream = typeof id === "string" ? this.#streams.get(id)?.stream : undefined;
    if (stream === undefined) throw new LuaSkillsError("not_found", "stream not found");
    return stream;
  }

  async close(id: unknown): Promise<void> {
    const open = typeof id === "string" ? this.#streams.get(id) : undefined;
    if (open === undefined) return;
    this.#streams.delete(String(id));
    open.closed();
    await open.stream.close();
  }
}
