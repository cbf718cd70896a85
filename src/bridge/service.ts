import type { AuditLog } from "./audit-log.ts";
import type { BridgeConfig } from "./config.ts";
import type { Roots } from "./roots.ts";
import type { Scratch } from "./scratch.ts";

/** What a service may know of the connection it serves. */
export interface ServiceContext {
  readonly config: BridgeConfig;
  readonly audit: AuditLog;
  /** The connection's own directory; it goes when the connection ends. */
  readonly scratch: Scratch;
  /** The real places this connection may use. */
  readonly roots: Roots;
  /** The page's origin; undefined for a native client. */
  readonly origin: string | undefined;
  /** Says something to the runtime by itself. */
  emit(name: string, data: unknown): void;
}

export interface ServiceCall {
  /** Aborts when the runtime cancels the call or its connection ends. */
  readonly signal: AbortSignal;
}

/** One service for one connection. What it holds ends with {@link close}. */
export interface ConnectionService {
  /** What the runtime is told when it connects: plain data. */
  readonly facts: unknown;
  /**
   * Parameters come from the page: nothing about their shape is certain.
   * @throws LuaSkillsError reaches the runtime as it is; anything else as `bridge_error`, without its text
   */
  readonly methods: Readonly<Record<string, (params: unknown, call: ServiceCall) => unknown>>;
  /** Ends everything the connection holds. Idempotent. */
  close(): void | Promise<void>;
}

/** A capability of the bridge: made anew for every connection. */
export interface BridgeService {
  readonly name: string;
  open(context: ServiceContext): ConnectionService | Promise<ConnectionService>;
}
