/**
 * The module `funcs`: entries of skills, called now or beside the caller (host-modules.md §14.9).
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import source from "./funcs.lua?raw";
import { ActorHandle, ScopeHandle } from "./security-handles.ts";
import type { BuiltInModule, SkillCallOptions } from "./services.ts";

class Executor {
  constructor(readonly options: SkillCallOptions) {}
}

export const funcsModule: BuiltInModule = (
  { arg, defineModule, defineType, fn, luaError, results, t },
  { callSkill },
) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const any = arg.any;
  const targetOf = (value: LuaValue): string => {
    if (typeof value !== "string" || value === "") throw invalid("funcs: the target is empty");
    const [namespace = "", name = ""] = value.split(":", 2);
    if (namespace === "") throw invalid(`funcs: the target ${JSON.stringify(value)} has no namespace`);
    if (name === "") throw invalid(`funcs: the target ${JSON.stringify(value)} has no name`);
    return value;
  };
  const perform = async (
    call: Call,
    options: SkillCallOptions,
    given: LuaValue,
    args: readonly LuaValue[],
    signal: AbortSignal,
  ) => {
    const target = targetOf(given);
    call.require("funcs.call", target, undefined, `not allowed: ${target}`);
    return call.command(
      "function.call",
      { target, args, options: plain(options), [operation]: { call, options } },
      {
        signal,
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      },
    );
  };
  const rest = arg.rest(any("argument").opt());

  const ExecutorType = defineType("funcs.Executor", {
    of: Executor,
    methods: {
      with_context: fn({
        params: [arg.table("values")],
        returns: [t.any, t.optional(t.luaError)],
        permission: (_self: object) => ["funcs.context", "context"],
        run: (_call, self: Executor, values: LuaValue) =>
          new Executor({
            ...self.options,
            ctx: { ...self.options.ctx, ...(values as Readonly<Record<string, LuaValue>>) },
          }),
      }),
      with_options: fn({
        params: [arg.record({ timeout: arg.number().opt() })],
        run: (_call, self: Executor, { timeout }: { timeout?: number }) =>
          new Executor({ ...self.options, ...(timeout === undefined ? {} : { timeoutMs: timeout }) }),
      }),
      with_actor: fn({
        params: [any("actor")],
        returns: [t.any, t.optional(t.luaError)],
        permission: (_self: object) => ["funcs.security", "security"],
        run: (_call, self: Executor, actor: unknown) => {
          if (!(actor instanceof ActorHandle))
            throw invalid("funcs.with_actor: an actor of the module security is expected");
          return new Executor({ ...self.options, actor: actor.actor });
        },
      }),
      with_scope: fn({
        params: [any("scope")],
        returns: [t.any, t.optional(t.luaError)],
        permission: (_self: object) => ["funcs.security", "security"],
        run: (_call, self: Executor, scope: unknown) => {
          if (!(scope instanceof ScopeHandle))
            throw invalid("funcs.with_scope: a scope of the module security is expected");
          return new Executor({ ...self.options, scope: scope.scope });
        },
      }),
    },
    metamethods: { __tostring: () => "funcs.Executor{}" },
  });

  const executor = any("executor").opt();
  const optionsOf = (value: unknown): SkillCallOptions => (value instanceof Executor ? value.options : {});

  return defineModule({
    name: "funcs",
    description: "Calls of skills",
    class: ["workflow", "nondeterministic"],
    argErrors: "return",
    permissions: ["funcs.call", "funcs.context", "funcs.security"],
    types: [ExecutorType],
    lua: source,
    commands: {
      "function.call": async (
        payload: {
          readonly target: string;
          readonly args: readonly LuaValue[];
          readonly [operation]?: { readonly call: Call; readonly options: SkillCallOptions };
        },
        { signal },
      ) => {
        const inside = payload[operation];
        if (!inside) throw luaError("function.call outside of a run", { kind: "Internal" });
        return callSkill(inside.call, payload.target, payload.args, { ...inside.options, signal });
      },
    },
    functions: {
      executor: fn({ run: () => new Executor({}) }),
      call: fn({
        params: [executor, any("target").opt(), rest],
        returns: [t.any, t.optional(t.luaError)],
        run: async (call, self, target, ...args) => perform(call, optionsOf(self), target, args, call.signal),
      }),
      // Answers the number of a feed: the half makes a future of it.
      async: fn({
        params: [executor, any("target").opt(), rest],
        returns: [t.integer, t.optional(t.luaError)],
        run: (call, self, target, ...args) => {
          const name = targetOf(target);
          const stop = new AbortController();
          return call.feed((feed) => {
            perform(call, optionsOf(self), name, args, stop.signal)
              .then((value) => feed.push({ ok: true, value: value ?? null }))
              .catch((error: unknown) =>
                feed.push({ ok: false, error: error instanceof Error ? error : luaError(String(error)) }),
              )
              .then(() => feed.end())
              .catch((error: unknown) => call.log("error", `funcs.async: ${String(error)}`));
            return () => stop.abort();
          });
        },
      }),
      nothing: fn({ run: () => results() }),
    },
  });
};

/** Belongs to this process: not for a record, nor for a page. */
const operation = Symbol("operation");

function plain({ ctx, timeoutMs, actor }: SkillCallOptions): Readonly<Record<string, unknown>> {
  return {
    ...(ctx === undefined ? {} : { ctx }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(actor === undefined ? {} : { actor: actor.id }),
  };
}
