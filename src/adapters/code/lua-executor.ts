/**
 * An executor for `@cloudflare/codemode`: its models then write Lua, and no Worker Loader is needed.
 * @module
 */
import type { HostCallbacks, Json, JsonObject, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { codeError } from "./code-error.ts";
import { printedLine } from "./printed-line.ts";

type ToolFunction = (...args: unknown[]) => Promise<unknown>;

/** A namespace of functions, as codemode resolves its tool providers. */
interface Provider {
  readonly name: string;
  readonly fns: Readonly<Record<string, ToolFunction>>;
}

export interface LuaExecuteResult {
  result: unknown;
  error?: string;
  logs?: string[];
}

export interface LuaExecutorOptions {
  /** Milliseconds one piece of code may take. Default limits.callTimeoutMs of the runtime. */
  readonly timeoutMs?: number;
}

/** Each run has a session, of which a runtime takes only some at a time; more at once would not be faster. */
const mostAtOnce = 4;

/** What the executor's runtime has to be made with. */
export type LentTools = Required<Pick<HostCallbacks, "hostTool">>;

/** Has the shape of codemode's `Executor`. */
export class LuaExecutor implements AsyncDisposable {
  readonly #runs = new Map<string, ReadonlyMap<string, ToolFunction>>();
  readonly #runtime: Promise<Runtime>;
  #lastRun = 0;
  #running = 0;
  /** Begin the runs that wait for others to end, in the order they were asked for. */
  readonly #waiting: Array<() => void> = [];

  /** @internal */
  constructor(
    open: (lent: LentTools) => Runtime | Promise<Runtime>,
    private readonly options: LuaExecutorOptions,
  ) {
    this.#runtime = Promise.resolve(open({ hostTool: (request) => this.#hostTool(request) }));
    // Whoever executes hears of it.
    this.#runtime.catch(() => undefined);
  }

  /**
   * Runs Lua in a fresh session; of many at once some wait for the others. Each function of a provider is `name.fn(…)`; a record alone is `codemode.fn(…)`. Calls wait by
   * themselves. Never rejects: what went wrong is in `error`.
   */
  async execute(
    code: string,
    providersOrFns: readonly Provider[] | Readonly<Record<string, ToolFunction>>,
  ): Promise<LuaExecuteResult> {
    if (this.#running === mostAtOnce) await new Promise<void>((begin) => this.#waiting.push(begin));
    else this.#running += 1;
    try {
      return await this.#run(code, providersOrFns);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  async #run(
    code: string,
    providersOrFns: readonly Provider[] | Readonly<Record<string, ToolFunction>>,
  ): Promise<LuaExecuteResult> {
    const logs: string[] = [];
    this.#lastRun += 1;
    const run = `codemode-${this.#lastRun}`;
    const [text, otherwise] = writtenTexts(code);
    try {
      const providers: readonly Provider[] = isList(providersOrFns)
        ? providersOrFns
        : [{ name: "codemode", fns: providersOrFns }];
      this.#runs.set(run, functionsOf(providers));
      const session = await (await this.#runtime).session({ entries: [] });
      try {
        const evaluate = (lua: string) =>
          // On one line with the code, whose lines errors count.
          session.eval(
            `${prelude(run, providers)} ${lua}`,
            {},
            {
              onLog: (event) => logs.push(printedLine(event)),
              ...(this.options.timeoutMs === undefined ? {} : { timeoutMs: this.options.timeoutMs }),
            },
          );
        const result = await evaluate(text).catch((thrown: unknown) => {
          if (otherwise === undefined || LuaSkillsError.from(thrown).code !== "lua_syntax_error") throw thrown;
          return evaluate(otherwise);
        });
        return { result, logs };
      } finally {
        await session.close();
      }
    } catch (thrown) {
      const { message, data } = codeError(thrown, text, "");
      return { result: undefined, error: typeof data.hint === "string" ? `${message}\n${data.hint}` : message, logs };
    } finally {
      this.#runs.delete(run);
    }
  }

  /** Closes the runtime. Idempotent. */
  async close(): Promise<void> {
    await (await this.#runtime).close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #hostTool({ action, tool_name: name, args }: Parameters<LentTools["hostTool"]>[0]): Promise<Json> {
    const functions = this.#runs.get(name ?? "");
    if (action === "list") return [];
    if (action === "has") return functions !== undefined;
    const wanted = String(args.fn);
    const call = functions?.get(wanted);
    if (!call) {
      const known = [...(functions?.keys() ?? [])].join(", ");
      throw new LuaSkillsError("not_found", `there is no function ${wanted}; functions: ${known || "none"}`);
    }
    const given = Array.isArray(args.args) ? args.args : [];
    const value = await call(...given);
    return { ok: true, value: value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json) } as JsonObject;
  }
}

/**
 * `open` makes the runtime with what it is given, so that Lua reaches the functions of a run.
 *
 * @example
 * const executor = luaExecutor((lent) => createRuntime({ storage: "memory", ...lent }));
 * const tool = createCodeTool({ tools, executor, description: "Write Lua, not JavaScript. Functions: {{types}}" });
 */
export function luaExecutor(
  open: (lent: LentTools) => Runtime | Promise<Runtime>,
  options: LuaExecutorOptions = {},
): LuaExecutor {
  return new LuaExecutor(open, options);
}

const isList = (value: readonly Provider[] | Readonly<Record<string, ToolFunction>>): value is readonly Provider[] =>
  Array.isArray(value);

/**
 * What the model wrote. codemode takes every code for JavaScript: it puts `async () => { … }` around what it cannot read, and a
 * `return (…)` around a last expression, which in Lua may be an assignment: then the second text is the one.
 */
function writtenTexts(code: string): readonly [text: string, otherwise?: string] {
  const body = /^async \(\) => \{\n([\s\S]*)\n\}$/.exec(code)?.[1];
  if (body === undefined) return [code];
  const start = body.lastIndexOf("return (");
  if (start === -1 || !body.endsWith(")")) return [body];
  return [body, body.slice(0, start) + body.slice(start + "return (".length, -1)];
}

function functionsOf(providers: readonly Provider[]): ReadonlyMap<string, ToolFunction> {
  return new Map(
    providers.flatMap(({ name, fns }) => Object.entries(fns).map(([fn, call]) => [`${name}.${fn}`, call] as const)),
  );
}

/** Tables whose members are looked up when they are called. */
function prelude(run: string, providers: readonly Provider[]): string {
  const named = providers.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name));
  const space =
    "local function __space(space) return setmetatable({}, { __index = function(t, fn) " +
    "local function call(...) " +
    `local answer = vulcan.host.call("${run}", { fn = space .. "." .. tostring(fn), args = { ... } }) ` +
    "if not answer.ok then error(type(answer.error) == 'table' and answer.error.message or tostring(answer.error), 2) end " +
    "return answer.value end rawset(t, fn, call) return call end }) end";
  return [space, ...named.map(({ name }) => `local ${name} = __space("${name}")`)].join(" ");
}
