/**
 * The page's half of host modules: handlers of commands, the audit, and what of the options can go to the engine. Loaded
 * only when an option asks for it.
 * @module
 */
import type { CommandReply, EngineOptions, HostCallbacks, ModuleSource, RuntimeOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Emitter } from "./emitter.ts";

export interface PageModules {
  readonly engine: EngineOptions;
  readonly callbacks: HostCallbacks;
}

const onPage = Symbol.for("luaskills-wasm/module-on-page");
const aModule = Symbol.for("luaskills-wasm/module");

type PageModule = ModuleSource & {
  readonly [onPage]: {
    readonly wire: object;
    readonly commands: Readonly<Record<string, (payload: never, context: { readonly signal: AbortSignal }) => unknown>>;
  };
};

/**
 * `crosses`: the engine is in another thread, so modules that are objects cannot go there.
 * @throws LuaSkillsError `invalid_argument` naming the module and the way that works
 */
export function preparePageModules(
  { engine, callbacks }: PageModules,
  options: RuntimeOptions,
  emitter: Emitter,
  crosses: boolean,
): PageModules {
  const commands: Record<string, (payload: never, context: { readonly signal: AbortSignal }) => unknown> = {};
  for (const [name, handler] of Object.entries(options.commands ?? {})) {
    if (typeof handler !== "function") {
      throw new LuaSkillsError(
        "invalid_argument",
        `commands: the handler of "${name}" must be a function, got ${typeof handler}`,
      );
    }
    commands[name] = handler;
  }
  const modules = options.modules?.map((source): ModuleSource => {
    if (typeof source === "object" && onPage in source) {
      const page = (source as PageModule)[onPage];
      Object.assign(commands, page.commands);
      return page.wire as ModuleSource;
    }
    if (typeof source === "object" && "url" in source) return { ...source, url: absolute(source.url) };
    if (crosses && typeof source === "object" && aModule in source) {
      throw new LuaSkillsError(
        "invalid_argument",
        `the module "${source.name}" is an object and cannot be posted to the engine's thread; start it in a worker of your ` +
          "own (serveEngine of luaskills-wasm/worker-kit), give its address ({ url }), or wrap it with hostModule(...)",
      );
    }
    return source;
  });
  const { security } = options;
  if (typeof security?.audit === "function") emitter.on("audit", security.audit);
  return {
    engine: {
      ...engine,
      ...(modules === undefined ? {} : { modules }),
      ...(security === undefined
        ? {}
        : { security: { ...security, audit: security.audit !== undefined && security.audit !== false } }),
    },
    callbacks: Object.keys(commands).length === 0 ? callbacks : { ...callbacks, command: runner(commands) },
  };
}

function runner(
  commands: Readonly<Record<string, (payload: never, context: { readonly signal: AbortSignal }) => unknown>>,
) {
  return async (
    { name, payload }: { readonly name: string; readonly payload: unknown },
    context: { readonly signal: AbortSignal },
  ): Promise<CommandReply> => {
    const handler = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!handler) return { ok: false, unknown: true };
    try {
      return { ok: true, value: await handler(payload as never, context) };
    } catch (thrown) {
      if (!(thrown instanceof Error)) return { ok: false, message: String(thrown) };
      // What fromUnknown of src/modules makes of it is decided there, by name.
      const { kind, retryable, details } = thrown as { kind?: string; retryable?: boolean; details?: unknown };
      if (thrown.name === "LuaError")
        return {
          ok: false,
          message: thrown.message,
          kind: kind ?? "",
          ...(retryable === undefined ? {} : { retryable }),
          ...(details === undefined ? {} : { details }),
        };
      throw thrown;
    }
  };
}

function absolute(url: string | URL): string {
  const base = globalThis.document?.baseURI;
  return base === undefined ? String(url) : new URL(url, base).href;
}
