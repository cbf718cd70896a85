/**
 * The service `process`: programs of the allow-list, in the roots, with a filtered environment.
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { LuaSkillsError } from "../../../errors.ts";
import type { ProcessOutcome } from "../../../process/interface.ts";
import { type BridgeConfig, runTimeout } from "../../config.ts";
import {
  numberOf,
  objectOf,
  optionalBytes,
  optionalNumber,
  optionalText,
  type Params,
  textMapOf,
  textOf,
  textsOf,
} from "../../params.ts";
import type { BridgeService, ConnectionService, ServiceCall, ServiceContext } from "../../service.ts";
import { toolPrograms } from "../../tools/tool-programs.ts";
import { programEnvironment } from "./environment.ts";
import { ProgramList } from "./program-list.ts";
import { ProgramSession } from "./program-session.ts";
import { type ProgramStart, runProgram } from "./run-program.ts";
import { Slots } from "./slots.ts";

/** Each launcher's way to take a command (vulcan-api.md §10.1); the first that is allowed and there is the default. */
const launchers: ReadonlyArray<readonly [name: string, ...args: string[]]> =
  process.platform === "win32"
    ? [
        ["cmd", "/C"],
        ["pwsh", "-NoProfile", "-Command"],
        ["powershell", "-NoProfile", "-Command"],
        ["bash", "-lc"],
        ["sh", "-c"],
        ["zsh", "-lc"],
      ]
    : [
        ["sh", "-c"],
        ["bash", "-lc"],
        ["zsh", "-lc"],
        ["pwsh", "-NoProfile", "-Command"],
        ["powershell", "-NoProfile", "-Command"],
      ];

/** What a runtime is told of the programs here. */
export interface ProcessFacts {
  readonly programs: readonly string[];
  /** Launchers that are allowed and there, default first. */
  readonly shells: readonly string[];
}

export function processService(config: BridgeConfig): BridgeService {
  const named = new Set(config.programs.map(({ name }) => name));
  const tools = toolPrograms(config.toolRoots).filter(({ name }) => !named.has(name));
  const programs = new ProgramList([...config.programs, ...tools]);
  const slots = new Slots(config.limits.processes);
  return { name: "process", open: (context) => new ProcessConnection(programs, slots, context) };
}

class ProcessConnection implements ConnectionService {
  readonly facts: ProcessFacts;
  readonly methods: ConnectionService["methods"];
  readonly #sessions = new Map<number, ProgramSession>();
  readonly #running = new Set<Promise<unknown>>();
  #lastSession = 0;
  #closed = false;

  constructor(
    private readonly programs: ProgramList,
    private readonly slots: Slots,
    private readonly context: ServiceContext,
  ) {
    this.facts = {
      programs: programs.names,
      shells: launchers.map(([name]) => name).filter((name) => programs.which(name) !== undefined),
    };
    this.methods = {
      exec: (params, call) => this.#exec(objectOf(params), call),
      which: (params) => programs.which(textOf(objectOf(params), "program")) ?? null,
      open: (params) => this.#openSession(objectOf(params)),
      write: (params) => this.#session(params).write(optionalBytes(objectOf(params), "bytes") ?? new Uint8Array(0)),
      read: (params, call) => this.#read(objectOf(params), call),
      status: (params) => this.#session(params).status,
      closeSession: async (params) => {
        const session = this.#session(params);
        return session.close(numberOf(objectOf(params), "timeoutMs"));
      },
      kill: (params) => this.#session(params).kill(),
      /** The runtime no longer has it. */
      drop: (params) => this.#drop(numberOf(objectOf(params), "session")),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#sessions.keys()]) this.#drop(id);
    // Aborted by the connection; their processes are gone when they settle.
    await Promise.allSettled(this.#running);
  }

  async #exec(params: Params, { signal }: ServiceCall): Promise<ProcessOutcome> {
    const start = this.#start(params, this.#commandOf(params));
    const { limits } = this.context.config;
    const timeoutMs = runTimeout(limits, optionalNumber(params, "timeoutMs"));
    const stdin = optionalBytes(params, "stdin");
    const release = this.slots.take();
    const run = runProgram(start, { stdin, timeoutMs, maxOutputBytes: limits.outputBytes, signal });
    this.#running.add(run);
    try {
      const outcome = await run;
      const result = outcome.kind === "finished" ? { code: outcome.code, timedOut: outcome.timedOut } : outcome;
      this.#log("exit", start, result);
      return outcome;
    } finally {
      this.#running.delete(run);
      release();
    }
  }

  async #openSession(params: Params): Promise<number> {
    const start = this.#start(params, { program: textOf(params, "program"), args: textsOf(params, "args") });
    const release = this.slots.take();
    const session = new ProgramSession(start, numberOf(params, "bufferLimitBytes"), release);
    this.#lastSession += 1;
    const id = this.#lastSession;
    this.#sessions.set(id, session);
    try {
      await session.spawned;
    } catch (error) {
      this.#sessions.delete(id);
      throw error;
    }
    return id;
  }

  async #read(params: Params, { signal }: ServiceCall): Promise<unknown> {
    const untilBytes = optionalBytes(params, "untilBytes");
    const wanted = { timeoutMs: numberOf(params, "timeoutMs"), maxBytes: numberOf(params, "maxBytes") };
    return this.#session(params).read({ ...wanted, ...(untilBytes ? { untilBytes } : {}) }, signal);
  }

  #session(params: unknown): ProgramSession {
    const session = this.#sessions.get(numberOf(objectOf(params), "session"));
    if (!session) throw new LuaSkillsError("not_found", "this session is not open in the bridge");
    return session;
  }

  #drop(id: number): void {
    this.#sessions.get(id)?.kill();
    this.#sessions.delete(id);
  }

  /** A shell is a program too: it must be allowed, and its command is an argument. */
  #commandOf(params: Params): { program: string; args: readonly string[] } {
    const run = objectOf(params.run, "run");
    if (run.kind !== "shell") return { program: textOf(run, "program"), args: textsOf(run, "args") };
    const name = optionalText(run, "shell") ?? this.facts.shells[0] ?? "sh";
    const launcher = launchers.find(([each]) => each === name);
    if (!launcher) throw new LuaSkillsError("invalid_argument", `the bridge knows no shell ${JSON.stringify(name)}`);
    return { program: name, args: [...launcher.slice(1), textOf(run, "command")] };
  }

  #start(params: Params, { program, args }: { program: string; args: readonly string[] }): ProgramStart {
    if (this.#closed) throw new LuaSkillsError("bridge_error", "the connection to the bridge ended");
    const { config, roots, scratch } = this.context;
    const cwd = optionalText(params, "cwd") ?? scratch.open();
    roots.check(cwd, "the working directory");
    if (!existsSync(cwd) || !statSync(cwd).isDirectory()) {
      throw new LuaSkillsError("not_found", "No such file or directory (os error 2)", { data: { cwd } });
    }
    const file = this.programs.admit(program, args, cwd, roots);
    const env = programEnvironment(config.environment, textMapOf(params, "env"));
    const start = { file, name: program, args, cwd, env };
    this.#log("exec", start);
    return start;
  }

  #log(event: string, { file, args, cwd }: ProgramStart, facts: object = {}): void {
    const shown = event === "exec" ? { program: file, args, cwd } : { program: file };
    this.context.audit.write({ event, origin: this.context.origin, ...shown, ...facts });
  }
}
