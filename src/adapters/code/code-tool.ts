/**
 * Code mode: one tool that runs Lua, instead of one for each entry.
 * @module
 */
import type { Json, Runtime, RuntimeSession } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { requireApproval } from "../tools/approval.ts";
import type { AgentTool, Approval, ToolAnswer, ToolCallOptions, ToolCollection } from "../tools/tool.ts";
import { codeError } from "./code-error.ts";
import { printedLine } from "./printed-line.ts";
import { resultText } from "./result-text.ts";
import { entriesOf, luaSignatures, type SignatureOptions } from "./signatures.ts";

export type CodeRuntime = Pick<Runtime, "list" | "subscribe" | "session">;

export interface CodeToolOptions extends SignatureOptions {
  /** Default `run_lua`. */
  readonly name?: string;
  /** Sentences of your own, before the signatures. */
  readonly instructions?: string;
  /** Keep globals from one call to the next. Default true. */
  readonly keep?: boolean;
  /** Milliseconds the kept state lives unused. Default 600,000. */
  readonly ttlMs?: number;
  /** Milliseconds one piece of code may take. Default limits.callTimeoutMs; 0: no limit. */
  readonly timeoutMs?: number;
  /** Characters of an answer; what is beyond is cut off, and the model told so. Default 40,000. */
  readonly maxCharacters?: number;
  /** Asked before code runs. */
  readonly approve?: (request: {
    readonly code: string;
    readonly signal: AbortSignal | undefined;
  }) => Approval | Promise<Approval>;
}

/** One tool, and a collection of one: `aiTools(code)`, `openaiTools(code)`, `anthropicTools(code)` take it. */
export interface CodeTool extends AgentTool, ToolCollection, AsyncDisposable {
  /** Forgets what earlier code kept. */
  reset(): Promise<void>;
  /** Idempotent. Ends the session. */
  close(): Promise<void>;
}

/**
 * A tool `run_lua` whose description holds the signatures of what its code may call; it may call nothing else. The code runs in a
 * sandboxed session, with the grants of code without a skill. Failures name the line of the model's own text, with a hint in `data.hint`.
 *
 * @example
 * const code = codeTool(runtime, { skills: ["notes-*"] });
 * await generateText({ model, prompt, tools: aiTools(code), stopWhen: stepCountIs(5) });
 */
export function codeTool(runtime: CodeRuntime, options: CodeToolOptions = {}): CodeTool {
  const tool = new LuaCode(runtime, options);
  const symbol = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
  return Object.defineProperty(tool, symbol, { value: () => tool.close() }) as unknown as CodeTool;
}

const inputSchema = {
  type: "object" as const,
  properties: { code: { type: "string", description: "Lua code. End it with `return` and the answer." } },
  required: ["code"],
  additionalProperties: false,
};

class LuaCode implements Omit<CodeTool, typeof Symbol.asyncDispose> {
  readonly name: string;
  readonly inputSchema = inputSchema;
  #session: Promise<RuntimeSession> | undefined;
  #described: { readonly of: unknown; readonly text: string } | undefined;
  #closed = false;

  constructor(
    private readonly runtime: CodeRuntime,
    private readonly options: CodeToolOptions,
  ) {
    this.name = options.name ?? "run_lua";
  }

  get description(): string {
    const entries = this.runtime.list();
    if (this.#described?.of !== entries) {
      this.#described = { of: entries, text: describe(luaSignatures(this.runtime, this.options), this.options) };
    }
    return this.#described.text;
  }

  list(): readonly AgentTool[] {
    return [this];
  }

  get(name: string): AgentTool | undefined {
    return name === this.name ? this : undefined;
  }

  subscribe(listener: () => void): () => void {
    return this.runtime.subscribe(listener);
  }

  async execute(
    args: unknown,
    { signal, onProgress, timeoutMs = this.options.timeoutMs }: ToolCallOptions = {},
  ): Promise<ToolAnswer> {
    const code = codeOf(args);
    if (this.options.approve) requireApproval(await this.options.approve({ code, signal }), "the code");
    const printed: string[] = [];
    const run = (session: RuntimeSession) =>
      session.eval(
        code,
        {},
        {
          onLog: (event) => printed.push(printedLine(event)),
          ...(signal ? { signal } : {}),
          ...(onProgress ? { onProgress } : {}),
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        },
      );
    let value: Json;
    try {
      value = await this.#withSession(run, () => printed.push("(What earlier code kept is gone.)"));
    } catch (thrown) {
      const error = LuaSkillsError.from(thrown);
      if (error.code === "aborted" || error.code === "runtime_closed") throw error;
      throw codeError(error, code, printed.join("\n"));
    }
    return { content: resultText(value, printed.join("\n"), this.options.maxCharacters ?? 40_000) };
  }

  async reset(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await (await session?.catch(() => undefined))?.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.reset();
  }

  async #withSession(run: (session: RuntimeSession) => Promise<Json>, lost: () => void): Promise<Json> {
    if (this.#closed) throw new LuaSkillsError("runtime_closed", "the code tool was closed");
    if (this.options.keep === false) {
      const session = await this.#open();
      try {
        return await run(session);
      } finally {
        await session.close();
      }
    }
    const held = this.#session ?? this.#hold();
    try {
      return await run(await held);
    } catch (thrown) {
      // A session that is gone has run nothing: whatever ended it, the code may run in a new one.
      if (!(thrown instanceof LuaSkillsError && thrown.code === "not_found" && "reason" in thrown.data)) throw thrown;
      lost();
      if (this.#session === held) this.#session = undefined;
      return run(await (this.#session ?? this.#hold()));
    }
  }

  #hold(): Promise<RuntimeSession> {
    const session = this.#open();
    this.#session = session;
    // The next call tries again.
    session.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  #open(): Promise<RuntimeSession> {
    const { skills, ttlMs } = this.options;
    return this.runtime.session({
      ...(ttlMs === undefined ? {} : { ttlMs }),
      ...(skills === undefined ? {} : { entries: entriesOf(this.runtime, skills).map(({ name }) => name) }),
    });
  }
}

function describe(signatures: string, { instructions, keep }: CodeToolOptions): string {
  return [
    "Runs Lua (5.4, LuaJIT dialect) in a sandbox; answers with what the code returns, as JSON, and what it prints. " +
      "`return` the answer; do several steps in one piece of code, and return only what is needed." +
      (keep === false ? "" : " Global variables stay for the next call."),
    ...(instructions === undefined ? [] : [instructions]),
    signatures === ""
      ? "There is nothing to call but Lua's own libraries and vulcan.json."
      : `Functions (vulcan.call waits, answers with text, and raises an error when the entry fails; vulcan.json.decode reads JSON):\n\n${signatures}`,
  ].join("\n\n");
}

function codeOf(args: unknown): string {
  const code = typeof args === "object" && args !== null ? (args as { code?: unknown }).code : args;
  if (typeof code === "string") return code;
  const got = code === undefined ? "nothing" : typeof code;
  throw new LuaSkillsError("invalid_argument", `code: expected string, got ${got}`, {
    data: { path: "code", expected: "string", got },
  });
}
