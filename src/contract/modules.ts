/**
 * The part of the contract that is about host modules (host-modules.md): what a runtime is given and what one run may use.
 * @module
 */
import type { SecurityOptions } from "./security.ts";

export type { Actor, AuditEvent, Policy, PolicyMeta, SecurityOptions } from "./security.ts";

/** A module the runtime gets: the name of a built-in one, an address, or what `defineModule` or `hostModule` made. */
export type ModuleSource = string | ModuleAddress | ModuleObject;

/** Plain JavaScript that exports a module; absolute, or relative to the page. Same origin or CORS. */
export interface ModuleAddress {
  readonly url: string | URL;
  /** Name of the export. Default `default`. */
  readonly export?: string;
}

/** What `defineModule` makes, as the contract sees it. */
export interface ModuleObject {
  readonly name: string;
  readonly description: string;
  readonly class: readonly string[];
}

/** Answers a command of a module on the page. Throw a `luaError` to say more than a message. */
export type PageCommand = (payload: never, context: { readonly signal: AbortSignal }) => unknown;

/** `bytes`: what the keys and values take in memory, about; default 32 MiB. A write beyond fails as `Unavailable`. */
export type StoreOptions =
  | { readonly kind: "memory"; readonly bytes?: number }
  /** A file of the virtual filesystem; absolute. */
  | { readonly kind: "vfs"; readonly path: string; readonly bytes?: number };

/** What one run may use, and under which rules. Structured-cloneable. */
export interface ModuleRunOptions {
  /** Exactly these modules, instead of the standing grants. */
  readonly modules?: readonly string[];
  /** Default "function". */
  readonly kind?: "function" | "process" | "eval" | "workflow" | "pure";
  /** The granted modules are globals, too. */
  readonly bindGlobals?: boolean;
  /** Another actor, and policies beside those of the runtime: it can only narrow. */
  readonly security?: Pick<SecurityOptions, "actor" | "policies">;
  /** What the module `ctx` and `call.context` read. */
  readonly ctx?: Readonly<Record<string, unknown>>;
  /** With kind "workflow": the log its effects are recorded in, and replayed from when it is there. */
  readonly workflow?: WorkflowOptions;
  /** A module needs one of these classes. */
  readonly allowedClasses?: readonly string[];
  /** A module with one of these classes is refused. */
  readonly deniedClasses?: readonly string[];
  /** A module with one of these classes is silently left out. */
  readonly excludeClasses?: readonly string[];
  /** Only modules of these names. */
  readonly allow?: readonly string[];
  /** No modules of these names. */
  readonly deny?: readonly string[];
}

export interface WorkflowOptions {
  /** Names the log: `<runtime root>/workflows/<id>.jsonl`. */
  readonly id: string;
  /**
   * `"resume"` (default): what is recorded is replayed, what follows is done and recorded. `"replay"`: everything must be
   * recorded; nothing is done.
   */
  readonly mode?: "resume" | "replay";
}

/** What a page's handler of a command came to, as data: its error class is not the engine's. */
export type CommandReply =
  | { readonly ok: true; readonly value: unknown }
  /** The page has no handler of that name. */
  | { readonly ok: false; readonly unknown: true }
  | {
      readonly ok: false;
      readonly message: string;
      readonly kind?: string;
      readonly retryable?: boolean;
      readonly details?: unknown;
    };
