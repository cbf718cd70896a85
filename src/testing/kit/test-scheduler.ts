/**
 * Runs Lua that uses modules: the real engine, chosen dispatchers, no network (host-modules.md §15).
 * @module
 */
import type { Json, ModuleRunOptions, ModuleSource, RuntimeOptions } from "../../contract/contract.ts";
import type { ModuleProbe } from "../../engine/interface.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { CommandContext, CommandGroup } from "../../modules/dispatcher.ts";
import { type MockHandler, mockHandler } from "./fakes.ts";
import { TestClock } from "./test-clock.ts";
import { createTestRuntime, type TestRuntime } from "./test-runtime.ts";

export interface TestSchedulerOptions
  extends Pick<
    RuntimeOptions,
    "fetch" | "hostTools" | "llm" | "embed" | "limits" | "waiting" | "stores" | "isolation"
  > {
  readonly modules?: readonly ModuleSource[];
  /** Groups of handlers; the clock's is there already. */
  readonly dispatchers?: readonly CommandGroup[];
  /** "virtual" (default): jumps to the next sleeper; a clock of one's own: `virtualClock()`. */
  readonly clock?: "virtual" | TestClock;
  /** Default: everything is allowed. */
  readonly security?: RuntimeOptions["security"];
  readonly files?: Readonly<Record<string, string>>;
}

export interface ExecuteOptions extends ModuleRunOptions {
  /** Tells runs apart; default: a number. */
  readonly id?: string;
  readonly input?: Json;
  /** The chunk returns a function, or a table with this member. */
  readonly method?: string;
  readonly signal?: AbortSignal;
}

export interface ExecuteResult {
  readonly id: string;
  readonly value: Json | undefined;
  readonly error: LuaSkillsError | undefined;
}

const open: RuntimeOptions["security"] = {
  actor: { id: "test" },
  policies: [{ id: "all", actions: ["*"], resources: ["*"], effect: "allow" }],
};

export class TestScheduler {
  readonly clock: TestClock;
  readonly #mocks: MockHandler[] = [];
  readonly #listeners: Array<(id: string, result: ExecuteResult) => void> = [];
  #runtime: Promise<TestRuntime> | undefined;
  #last = 0;

  constructor(private readonly options: TestSchedulerOptions = {}) {
    const { clock = "virtual" } = options;
    this.clock = clock === "virtual" ? new TestClock() : clock;
  }

  /** Replaces one command; before the first run. The answer records its calls. */
  mock(command: string | number, answer: (payload: never, context: CommandContext) => unknown): MockHandler {
    if (this.#runtime) throw new LuaSkillsError("invalid_argument", "mock() comes before the first execute()");
    const handler = mockHandler(command, answer);
    this.#mocks.push(handler);
    return handler;
  }

  /** Called by itself by the first `execute`. */
  start(): Promise<TestRuntime> {
    const { modules = [], dispatchers = [], clock: _clock, security = open, ...rest } = this.options;
    this.#runtime ??= createTestRuntime({
      ...rest,
      modules,
      security,
      clock: this.clock,
      dispatchers: [...this.#mocks, this.clock.commands, ...dispatchers],
    });
    return this.#runtime;
  }

  async stop(): Promise<void> {
    await (await this.#runtime)?.close();
  }

  /** Every run that is over, in the order in which they end. */
  onComplete(listener: (id: string, result: ExecuteResult) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Runs a chunk whose main answers `value, err`: an error in second place makes the run fail with it. All modules of the
   * scheduler are granted unless `modules` says otherwise.
   */
  async execute(source: string, options: ExecuteOptions = {}): Promise<ExecuteResult> {
    const runtime = await this.start();
    const { id = String(++this.#last), input = {}, method, signal, ...run } = options;
    let result: ExecuteResult;
    try {
      const value = await runtime.runLua(wrapped(source, method), input, {
        modules: [...(this.options.modules ?? []).map(nameOf), "channel"],
        ...run,
        ...(signal ? { signal } : {}),
      });
      result = { id, value, error: undefined };
    } catch (thrown) {
      result = { id, value: undefined, error: LuaSkillsError.from(thrown) };
    }
    for (const listener of this.#listeners) listener(id, result);
    return result;
  }

  /** As `execute`; the value, or the error as an exception. */
  async value(source: string, options?: ExecuteOptions): Promise<Json | undefined> {
    const { value, error } = await this.execute(source, options);
    if (error) throw error;
    return value;
  }

  /** @throws Error naming what modules have not ended: calls under way, yields not released, objects not disposed of */
  async leakCheck(): Promise<void> {
    const probe: ModuleProbe = (await this.start()).openWork;
    const left = Object.entries(probe()).filter(([, count]) => count > 0);
    if (left.length > 0)
      throw new Error(`modules have not ended: ${left.map(([what, count]) => `${count} ${what}`).join(", ")}`);
  }
}

function nameOf(source: ModuleSource): string {
  if (typeof source === "string") return source;
  if ("name" in source) return source.name;
  throw new LuaSkillsError(
    "invalid_argument",
    "TestScheduler: a module by address has no name before it is loaded; import it",
  );
}

/** On one line before the source: line numbers stay. */
function wrapped(source: string, method: string | undefined): string {
  const call = method === undefined ? "main(args)" : `method(main(args), ${JSON.stringify(method)})(args)`;
  return `local main = function(args) ${source}
end
local function method(made, name)
  local f = made
  if type(made) == "table" then f = made[name] end
  if type(f) ~= "function" then error(errors.new({ message = 'method "' .. name .. '" not found in module', kind = "NotFound" }), 0) end
  return f
end
local value, err = ${call}
if err ~= nil then error(err, 0) end
return value`;
}
