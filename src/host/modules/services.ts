/**
 * What a built-in module is made of: the kit of src/modules (each module is a file of its own, which must not bring a
 * second copy) and the engine's services.
 * @module
 */

import type { StoreOptions } from "../../contract/modules.ts";
import type { Actor } from "../../contract/security.ts";
import type { DatabaseContext } from "../../databases/access.ts";
import type { SqlSession } from "../../databases/sql-session.ts";
import type { Limits } from "../../limits.ts";
import type { LuaValue, LuaVm } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import type { ModuleDef } from "../../modules/definition/module-definition.ts";
import type { CommandDispatcher } from "../../modules/dispatcher.ts";
import type {
  arg,
  defineModule,
  defineType,
  fn,
  fromUnknown,
  immutable,
  luaError,
  results,
  t,
} from "../../modules/kit.ts";
import type { Scope } from "../../policy/scope.ts";
import type { HostServices } from "../services.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { SocketClass } from "./websocket/connection.ts";

export interface ModuleKit {
  readonly arg: typeof arg;
  readonly fn: typeof fn;
  readonly t: typeof t;
  readonly defineModule: typeof defineModule;
  readonly defineType: typeof defineType;
  readonly immutable: typeof immutable;
  readonly luaError: typeof luaError;
  readonly fromUnknown: typeof fromUnknown;
  readonly results: typeof results;
}

export interface BuiltInServices {
  readonly host: HostServices;
  readonly limits: Limits;
  readonly dispatcher: CommandDispatcher;
  /** What the module `store` finds. */
  readonly stores: Readonly<Record<string, StoreOptions>>;
  /** What the host says about single modules, by their names. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The database of the host at a path of the tree. */
  openSql(path: string): Promise<SqlSession>;
  /** On whose behalf a call asks a database. */
  databaseContext(call: Call): DatabaseContext;
  /** The platform's class; undefined where there is none. */
  webSocket(): Promise<SocketClass | undefined>;
  /** @throws LuaError when a call may not have what a snippet asks for */
  checkSnippet(call: Call, snippet: Snippet): void;
  /** Checks a snippet and runs it on behalf of a call. @throws LuaError */
  runSnippet(call: Call, snippet: Snippet): Promise<LuaValue>;
  /** What is held for the Lua state a call comes from. */
  heldBy(call: Call): HeldBytes;
  /** Where a call comes from. */
  vmOf(call: Call): Pick<LuaVm, "onClose">;
  /** `<skill id>:<local name>`; the first result. @throws LuaError `NotFound`, and what the entry raises */
  callSkill(call: Call, target: string, args: readonly LuaValue[], options: SkillCallOptions): Promise<LuaValue>;
}

/** Lua in a state of its own, of kind `eval`. */
export interface Snippet {
  readonly code: string;
  /** What `args` is in it. */
  readonly args: LuaValue;
  /** No more than the caller has. */
  readonly modules: readonly string[];
  readonly allowClasses: readonly string[];
  /** What `ctx` reads. */
  readonly context: Readonly<Record<string, LuaValue>>;
}

/** How an entry of a skill is called on behalf of a run. */
export interface SkillCallOptions {
  readonly ctx?: Readonly<Record<string, LuaValue>>;
  readonly timeoutMs?: number;
  readonly actor?: Actor;
  readonly scope?: Scope;
  readonly signal?: AbortSignal;
}

export type BuiltInModule = (kit: ModuleKit, services: BuiltInServices) => ModuleDef;
