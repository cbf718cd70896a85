/**
 * An entry as an agent's tool: what every framework needs of it, and nothing a framework adds.
 * @module
 */
import type {
  CallProgress,
  CallResult,
  EntryDescriptor,
  InvocationContext,
  JsonObject,
  Runtime,
  ToolInputSchema,
} from "../../contract/contract.ts";
import type { EntryFilter } from "./entry-filter.ts";

/** The part of a runtime that tools are made of; a remote runtime has it too. */
export type ToolRuntime = Pick<Runtime, "list" | "call" | "subscribe">;

export interface ToolCallOptions {
  /** Stops the call, an endless one too. */
  readonly signal?: AbortSignal | undefined;
  /** What the skill says with `vulcan.runtime.progress(n, total, text)`, as it comes. */
  readonly onProgress?: ((progress: CallProgress) => void) | undefined;
  /** For this call, instead of the list's. */
  readonly timeoutMs?: number | undefined;
}

/** What a call gives: a text for the model, and what the entry gave to the host beside it. */
export type ToolAnswer = Pick<CallResult, "content" | "hostResult">;

/** What every adapter needs of a tool; an entry's is a {@link Tool}, `codeTool` makes another one. */
export interface AgentTool {
  /** At most 64 characters of `[a-zA-Z0-9_-]`, the first a letter or `_`: every vendor takes it. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; an object. */
  readonly inputSchema: ToolInputSchema;
  /** What it calls, when that is one entry. */
  readonly entry?: EntryDescriptor;
  /** @throws LuaSkillsError what went wrong, for the model to read */
  execute(args: unknown, options?: ToolCallOptions): Promise<ToolAnswer>;
}

/** Tools that may change: a list of entries, or one that runs code. */
export interface ToolCollection {
  list(): readonly AgentTool[];
  get(name: string): AgentTool | undefined;
  subscribe(listener: () => void): () => void;
}

export interface Tool extends AgentTool {
  /** What it calls. `entry.name` is the canonical name, which may differ from `name`. */
  readonly entry: EntryDescriptor;
  /**
   * Calls the entry. The arguments are held against the schema first.
   * @throws LuaSkillsError `invalid_argument` (data: path, expected, got), `permission_denied` (the host did not approve),
   * `aborted`, `deadline_exceeded`, `lua_error`, and whatever `runtime.call` throws
   */
  execute(args: unknown, options?: ToolCallOptions): Promise<CallResult>;
}

/** A call that waits for the host's word. */
export interface ApprovalRequest {
  /** The tool's name, as the model knows it. */
  readonly name: string;
  readonly entry: EntryDescriptor;
  readonly args: JsonObject;
  readonly signal: AbortSignal | undefined;
}

/** `false`, or an object with a reason that the model is told, refuses. */
export type Approval = boolean | { readonly approved: boolean; readonly reason?: string };

/** Progress of a call, with the tool it belongs to. */
export interface ToolProgress extends CallProgress {
  readonly tool: string;
}

export interface ToolOptions {
  /** Default: every entry. */
  readonly include?: EntryFilter;
  /** Taken away from what `include` leaves. */
  readonly exclude?: EntryFilter;
  /** Names of your own: by canonical name, or a function (undefined: keep). They are made safe as all names are. */
  readonly rename?: Readonly<Record<string, string>> | ((entry: EntryDescriptor) => string | undefined);
  /** Asked before every call. Without it every call is approved. */
  readonly approve?: (request: ApprovalRequest) => Approval | Promise<Approval>;
  /** Milliseconds a call may take. Default limits.callTimeoutMs of the runtime; 0: no limit. */
  readonly timeoutMs?: number | ((entry: EntryDescriptor) => number | undefined);
  /** Hears the progress of every call of the list. */
  readonly progress?: (progress: ToolProgress) => void;
  /** What skills see of the request: budget, tool configuration, request context. */
  readonly context?: InvocationContext | ((entry: EntryDescriptor) => InvocationContext | undefined);
  /** Hold arguments against the entry's schema before the call. Default true. */
  readonly validate?: boolean;
}
