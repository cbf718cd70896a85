/** V8's inspector in the isolate of our Worker: what it holds, as V8 itself counts it. */
import { once } from "node:events";
import type { Miniflare } from "miniflare";
import { WebSocket } from "ws";

export interface HeapUsage {
  /** Bytes of JavaScript objects. */
  readonly used: number;
  /** Bytes of ArrayBuffers and of WebAssembly memories. */
  readonly backing: number;
  /** Bytes the embedder's own objects take. */
  readonly embedder: number;
}

export class Inspector {
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  #lastId = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on("message", (data) => {
      const { id, result, error } = JSON.parse(String(data)) as {
        id?: number;
        result?: never;
        error?: { message: string };
      };
      const waiting = id === undefined ? undefined : this.#waiting.get(id);
      if (id === undefined || !waiting) return;
      this.#waiting.delete(id);
      if (error) waiting.reject(new Error(error.message));
      else waiting.resolve(result as never);
    });
  }

  /** The Worker has to be started with `inspectorPort`. */
  static async open(worker: Miniflare): Promise<Inspector> {
    const url = await worker.getInspectorURL();
    const socket = new WebSocket(new URL("/core:user:", url));
    await once(socket, "open");
    const inspector = new Inspector(socket);
    await inspector.send("Runtime.enable");
    return inspector;
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: never) => void, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async heap({ collect = false } = {}): Promise<HeapUsage> {
    if (collect) await this.send("HeapProfiler.collectGarbage");
    const usage = await this.send<{
      usedSize: number;
      backingStorageSize?: number;
      embedderHeapUsedSize?: number;
    }>("Runtime.getHeapUsage");
    return {
      used: usage.usedSize,
      backing: usage.backingStorageSize ?? 0,
      embedder: usage.embedderHeapUsedSize ?? 0,
    };
  }

  close(): void {
    this.socket.close();
  }
}
