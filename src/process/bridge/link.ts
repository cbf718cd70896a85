import type { BridgeFacts } from "./messages.ts";

/**
 * The way to the native bridge, as `process`, `ffi` and the others use it. One per runtime; it connects with the first call
 * and again after a loss.
 */
export interface BridgeLink {
  /** Connects if it is not connected. @throws LuaSkillsError `bridge_error` | `permission_denied` */
  facts(): Promise<BridgeFacts>;
  /**
   * Calls a method of a service. Parameters and answers are JSON with `Uint8Array` and `bigint` where wanted.
   * @throws LuaSkillsError the service's own error, or `bridge_error` when the bridge is not there or went away: then the
   * call may or may not have been carried out
   */
  call(service: string, method: string, params: unknown, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** Hears what a service says by itself. Answers how to stop. */
  onEvent(service: string, listener: (name: string, data: unknown) => void): () => void;
  /** Hears that a connection was lost: what the bridge held for it (sessions, handles) is gone. Answers how to stop. */
  onLost(listener: () => void): () => void;
  /** Idempotent. */
  close(): void;
}
