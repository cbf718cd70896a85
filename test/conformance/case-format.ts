/**
 * The shapes of a conformance suite (`cases/README.md` says what they mean), as they come out of the YAML parser.
 * @module
 */
import type {
  EngineOptions,
  InvocationContext,
  Json,
  JsonObject,
  ModuleRunOptions,
  Policy,
  PoolConfig,
  SkillRoot,
} from "../../src/contract/contract.ts";

export interface Setup {
  readonly options?: JsonObject;
  readonly pool?: PoolConfig;
  readonly roots?: readonly SkillRoot[];
  readonly files?: Readonly<Record<string, string>>;
  readonly bytes?: Readonly<Record<string, string>>;
  readonly dirs?: readonly string[];
  readonly host?: HostStubs;
  readonly load?: boolean;
  readonly expect_create_error?: ErrorExpectation;
  readonly policies?: Policies;
}

/** Overrides of the policies the cases are written under; names of the SDK's options. */
export interface Policies {
  readonly loadPolicy?: "isolate" | "manifest-strict" | "strict";
  readonly rootChainPolicy?: "formal" | "open";
  readonly dependencyPolicy?: "strict" | "lenient";
  readonly isolation?: "skill" | "shared";
  readonly verifyOnInstall?: boolean;
}

export interface HttpStub {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly base64?: string;
  readonly $echo?: boolean;
}

export interface HostStubs {
  readonly tools?: Readonly<Record<string, Json>>;
  readonly skill_management?: Json;
  readonly models?: { readonly embed?: Json; readonly llm?: Json };
  readonly env?: Readonly<Record<string, string>>;
  readonly now_ms?: number;
  readonly http?: Readonly<Record<string, HttpStub>>;
  readonly databases?: { readonly sqlite?: Json; readonly lancedb?: Json };
  readonly genx?: { readonly packages?: Readonly<Record<string, string>>; readonly require_nil?: boolean };
  readonly modules?: ModuleStubs;
}

/** `run_lua` runs with exactly these modules, of this kind, under this security. */
export interface ModuleStubs {
  readonly grant?: readonly string[];
  readonly kind?: NonNullable<ModuleRunOptions["kind"]>;
  readonly actor?: string;
  readonly policies?: readonly Policy[];
  /** What the host lends through modules (`moduleOptions`). */
  readonly options?: EngineOptions["moduleOptions"];
}

export type ErrorExpectation = string | { readonly $matches: string };

export interface Expectation {
  readonly value?: Json;
  readonly result?: JsonObject;
  readonly text?: Json;
  readonly base64?: string;
  readonly missing?: boolean;
  readonly error?: ErrorExpectation;
}

/** One action key, its siblings and what is expected of it. */
export interface Step {
  readonly run_lua?: string;
  readonly call?: string;
  readonly args?: Json;
  readonly context?: InvocationContext;
  readonly luaexec?: JsonObject;
  readonly engine?: { readonly method: string; readonly params?: JsonObject };
  readonly load?: true | readonly SkillRoot[];
  readonly reload?: true | readonly SkillRoot[];
  readonly read?: string;
  readonly write?: { readonly path: string; readonly text?: string; readonly base64?: string };
  readonly restart?: true;
  readonly advance_ms?: number;
  readonly events?: EventKind;
  /** Beside an action: it begins, and the next step does not wait for it. */
  readonly start?: string;
  /** Waits for what was started under this name, and compares it with that step's `expect`. */
  readonly finish?: string;
  /** Waits until a tool stands at this gate. */
  readonly held?: string;
  /** Lets what stands at this gate, or comes to it, go on. */
  readonly release?: string;
  readonly expect?: Expectation | null;
}

export type EventKind = "lifecycle" | "registry" | "log" | "progress";

export interface Case {
  readonly id: string;
  readonly spec?: string;
  readonly mark?: string;
  readonly note?: string;
  readonly requires: readonly string[];
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

export interface Suite {
  /** File name without `.yaml`: the name used on the command line and in known-gaps.yaml. */
  readonly file: string;
  /** The name inside the file, shown in reports. */
  readonly title: string;
  /** Defaults are already merged into each case. */
  readonly cases: readonly Case[];
}
