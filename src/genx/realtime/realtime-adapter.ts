import { bytesToLatin1, latin1ToBytes } from "../../base/bytes/latin1.ts";
import type { JsonObject } from "../../contract/contract.ts";
import type { ToolSpec } from "../generators/generator.ts";
import type { Chunk } from "../streams/chunk.ts";

/** What a realtime model says, whoever made it. */
export type RealtimeEvent =
  | { readonly type: "ready" }
  | { readonly type: "text"; readonly text: string; readonly transcript?: "model" | "user" }
  | { readonly type: "audio"; readonly audio: Uint8Array; readonly mimeType: string }
  /** What the user said, in full. */
  | { readonly type: "asr_done"; readonly text: string }
  /** The user has begun to speak: what is being played is no longer wanted. */
  | { readonly type: "speech_started" }
  | { readonly type: "tool_call"; readonly id: string; readonly name: string; readonly args: string }
  | { readonly type: "done" }
  | { readonly type: "error"; readonly message: string };

export interface RealtimeOptions {
  readonly model: string;
  readonly instructions: string;
  readonly tools: readonly ToolSpec[];
  /** Passed on as it is: voice, modalities, turn detection, … */
  readonly session?: JsonObject;
}

export type Frame = string | Uint8Array;

/** The language of one provider. Frames are what a socket sends and receives. */
export interface RealtimeAdapter {
  /** Right after the socket has opened. */
  open(options: RealtimeOptions): readonly Frame[];
  encode(chunk: Chunk): readonly Frame[];
  decode(frame: Frame): readonly RealtimeEvent[];
  toolResult(callId: string, name: string, result: string): readonly Frame[];
  /** Stops the answer that is being given. */
  cancel(): readonly Frame[];
  /** Before the socket is closed. */
  close(): readonly Frame[];
}

/** Bytes as the frames of most providers carry them. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(bytesToLatin1(bytes));
}

export function fromBase64(text: string): Uint8Array {
  return latin1ToBytes(atob(text));
}
