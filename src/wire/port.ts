import type { FromEngine, ToEngine } from "./protocol.ts";

/** One end of a wire. Messages arrive in the order they were posted; what came before the first listener is lost. */
export interface WirePort<Out, In> {
  /** @throws DataCloneError for what cannot cross */
  post(message: Out, transfer?: readonly Transferable[]): void;
  /** The result ends it. */
  listen(hear: (message: In) => void): () => void;
  close(): void;
}

export type PagePort = WirePort<ToEngine, FromEngine>;
export type EnginePort = WirePort<FromEngine, ToEngine>;
