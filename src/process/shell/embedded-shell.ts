/**
 * The embedded shell: sh, rg, grep, sed, awk, jq, … of the package just-bash, over the runtime's own files. Nothing leaves
 * the sandbox: there is no process, no network unless it is given, and no file but those of the tree.
 * @module
 */
import type { Bash, BashExecResult, BashOptions, CommandName } from "just-bash/browser";
import { bytesToLatin1 } from "../../base/bytes/latin1.ts";
import { basename, join } from "../../base/paths.ts";
import { forRequest } from "../../base/request-of.ts";
import { LuaSkillsError } from "../../errors.ts";
import { osTexts } from "../../vfs/interface.ts";
import type {
  ProcessCommand,
  ProcessContext,
  ProcessOutcome,
  ProcessSession,
  ProcessSessionSpec,
} from "../interface.ts";
import { shellLaunchers } from "../launchers.ts";
import { programOfScript } from "../program-script.ts";
import { CapturedOutput } from "./captured-output.ts";
import { byteEscape, withByteEscapes } from "./commands/byte-escapes.ts";
import { reasonOf, type ShellCommand } from "./commands/command.ts";
import { diffCommand } from "./commands/diff.ts";
import { envCommand } from "./commands/env.ts";
import { idCommand } from "./commands/id.ts";
import { killCommand } from "./commands/kill.ts";
import { lsCommand } from "./commands/ls.ts";
import { ripgrepCommand } from "./commands/ripgrep.ts";
import { smallCommands } from "./commands/small-commands.ts";
import { tarCommand } from "./commands/tar.ts";
import { xxdCommand } from "./commands/xxd.ts";
import { yesCommand } from "./commands/yes.ts";
import type { Shell, ShellOutcome, ShellParts, ShellRun } from "./interface.ts";
import { redirectOutput } from "./output-redirection.ts";
import { Pace } from "./pace.ts";
import { quoteAll } from "./quote.ts";
import { RunWatch } from "./run-watch.ts";
import { shellFetch } from "./shell-fetch.ts";
import { isScript, ShellFiles } from "./shell-files.ts";
import { ShellSession } from "./shell-session.ts";
import { SystemFiles } from "./system-files.ts";
import { addTimeSlices } from "./time-slices.ts";

/** The part of the package used here. */
type JustBash = typeof import("./just-bash.ts");

/** What the interpreter says when its signal has ended it. */
const endingWords = /^bash: .* aborted\n/gm;
const byteCommands = [withByteEscapes("printf"), withByteEscapes("echo")];

const mostScriptArguments = 9;
/** As `$$` shows it. */
const userId = 1000;
const shellPid = 4242;
/** In the browser's build of the package, but nothing behind them. */
const absent = new Set(["tar", "yq", "xan", "sqlite3", "python", "python3", "js-exec", "node"]);

export class EmbeddedShell implements Shell {
  readonly kind = "shell";
  readonly #bundled: CommandName[];
  readonly #commands: readonly string[];
  readonly #system: SystemFiles;
  readonly #modes = new Map<string, number>();
  readonly #closing = new AbortController();

  /** @throws LuaSkillsError `capability_unavailable` where the file of the shell cannot be loaded */
  static async load(parts: ShellParts): Promise<EmbeddedShell> {
    try {
      return new EmbeddedShell(await import("./just-bash.ts"), parts);
    } catch (cause) {
      throw new LuaSkillsError(
        "capability_unavailable",
        "the embedded shell could not be loaded: process-shell-just-bash.js has to lie beside the other files of luaskills-wasm",
        { cause },
      );
    }
  }

  private constructor(
    private readonly justBash: JustBash,
    private readonly parts: ShellParts,
  ) {
    // The package knows its names as literals, and says them as texts.
    this.#bundled = justBash.getCommandNames().filter((name) => !absent.has(name)) as CommandName[];
    const own = this.#ownCommands(new RunWatch(undefined, this.#closing.signal)).map(({ name }) => name);
    const network = parts.network ? justBash.getNetworkCommandNames() : [];
    this.#commands = [...new Set<string>([...this.#bundled, ...own, ...network])];
    this.#system = new SystemFiles(this.#commands);
  }

  get programs(): readonly string[] {
    return this.#commands;
  }

  launchers() {
    return shellLaunchers;
  }

  which(program: string, cwd: string, { files }: Pick<ProcessContext, "files">): string | undefined {
    if (!program.includes("/")) return this.#system.read(`/usr/bin/${program}`) && `/usr/bin/${program}`;
    const path = join(cwd, program);
    if (this.#system.read(path)) return path;
    if (files.stat(path, { followLinks: true })?.kind !== "file") return undefined;
    return this.#modes.has(path) ? ((this.#modes.get(path) ?? 0) & 0o111 ? path : undefined) : scriptAt(files, path);
  }

  run(command: ShellRun, context: ProcessContext): Promise<ProcessOutcome> {
    return this.runHere(command, context);
  }

  async runHere(command: ShellRun, context: ProcessContext): Promise<ShellOutcome> {
    const { files } = context;
    if (files.stat(command.cwd, { followLinks: true })?.kind !== "dir") return failed(osTexts.ENOENT);
    const line = this.#line(command, files);
    if (typeof line !== "string") return line;
    const watch = new RunWatch(
      command.timeoutMs,
      forRequest(anySignal(context.signal, this.#closing.signal), context.signal),
    );
    const output = new CapturedOutput({
      maxBytes: this.parts.maxOutputBytes,
      tooMuch: () => watch.end("output"),
      onOutput: command.onOutput,
    });
    try {
      return await this.#execute(line, command, context, watch, output);
    } finally {
      watch.close();
    }
  }

  open(spec: ProcessSessionSpec, context: ProcessContext): ProcessSession {
    if (this.which(spec.program, spec.cwd, context) === undefined) throw new Error(osTexts.ENOENT);
    return new ShellSession(this, spec, context);
  }

  close(): void {
    this.#closing.abort();
  }

  async #execute(
    line: string,
    command: ShellRun,
    context: ProcessContext,
    watch: RunWatch,
    output: CapturedOutput,
  ): Promise<ShellOutcome> {
    const bash = this.#bash(line, command, context, watch, output);
    const stdin = command.stdin ? bytesToLatin1(command.stdin) : "";
    const result = await bash
      .exec(line, { stdin, stdinKind: "bytes", rawScript: true, signal: watch.signal })
      .catch(unwritable);
    if (watch.why === "abort")
      throw context.signal.reason ?? new LuaSkillsError("runtime_closed", "the runtime closed");
    if (watch.why === "output") {
      const reason = `more than ${this.parts.maxOutputBytes} bytes of output (limits.processOutputBytes)`;
      return { kind: "failed", stage: "wait", reason };
    }
    // What no command's redirection caught: the interpreter's own words, and what an `exec` wrote.
    const encoder = new TextEncoder();
    output.write("stdout", encoder.encode(result.stdout));
    output.write("stderr", encoder.encode(watch.why ? result.stderr.replace(endingWords, "") : result.stderr));
    return {
      kind: "finished",
      code: watch.why === undefined ? result.exitCode & 0xff : null,
      stdout: output.take("stdout"),
      stderr: output.take("stderr"),
      timedOut: watch.why === "time",
      cwd: result.env.PWD ?? command.cwd,
    };
  }

  #bash(line: string, command: ShellRun, context: ProcessContext, watch: RunWatch, output: CapturedOutput): Bash {
    const { temp, network } = this.parts;
    const fs = new ShellFiles({
      vfs: context.files,
      system: this.#system,
      output,
      pace: new Pace(),
      modes: this.#modes,
    });
    const bash = new this.justBash.Bash({
      fs,
      cwd: command.cwd,
      env: { PATH: "/usr/bin:/bin", HOME: "/", SHELL: "/bin/sh", ...(temp ? { TMPDIR: temp } : {}), ...command.env },
      commands: this.#bundled,
      customCommands: [...this.#ownCommands(watch), ...(byteEscape.test(line) ? byteCommands : [])],
      processInfo: { pid: shellPid, ppid: 1, uid: userId, gid: userId },
      // It patches globals of the whole thread, which is not the shell's alone.
      defenseInDepth: false,
      python: false,
      javascript: false,
      executionLimits: limits,
      sleep: (ms) => watch.sleep(ms),
      ...(network ? { fetch: shellFetch(network, watch.signal) } : {}),
    });
    askInLoops(bash, watch);
    addTimeSlices(bash);
    // Last: it counts on being asked for the script and nothing before it.
    redirectOutput(bash);
    return bash;
  }

  #ownCommands(watch: RunWatch): ShellCommand[] {
    const own = [
      ripgrepCommand,
      tarCommand,
      lsCommand,
      envCommand,
      diffCommand,
      xxdCommand,
      yesCommand,
      idCommand(userId),
    ];
    return [killCommand(shellPid, watch), ...smallCommands(this.parts.machine), ...own];
  }

  /** The command line of a run, or why there is none. */
  #line(
    { run, cwd }: ProcessCommand,
    files: ProcessContext["files"],
  ): string | Extract<ProcessOutcome, { kind: "failed" }> {
    if (run.kind === "shell") return run.command;
    const path = this.which(run.program, cwd, { files });
    if (path === undefined) {
      const exists = run.program.includes("/") && files.stat(join(cwd, run.program), { followLinks: true });
      return failed(exists ? osTexts.EACCES : osTexts.ENOENT);
    }
    if (this.#system.covers(path)) return quoteAll([basename(path), ...run.args]);
    const program = programOfScript(files, path);
    if (program !== undefined) return quoteAll([program, ...run.args]);
    // A script the shell starts by itself knows nine arguments.
    if (run.args.length <= mostScriptArguments) return quoteAll([path, ...run.args]);
    return `set -- ${quoteAll(run.args)}; ${new TextDecoder().decode(files.readFile(path))}`;
  }
}

function scriptAt(files: ProcessContext["files"], path: string): string | undefined {
  return isScript(files, path) ? path : undefined;
}

/**
 * Time is what limits a run (limits.callTimeoutMs, timeout_ms); these keep one from taking memory or stack that the engine
 * shares.
 */
const limits: NonNullable<BashOptions["executionLimits"]> = {
  maxCommandCount: Number.MAX_SAFE_INTEGER,
  maxLoopIterations: Number.MAX_SAFE_INTEGER,
  maxAwkIterations: Number.MAX_SAFE_INTEGER,
  maxSedIterations: Number.MAX_SAFE_INTEGER,
  maxJqIterations: Number.MAX_SAFE_INTEGER,
  maxWorkUnits: Number.MAX_SAFE_INTEGER,
  maxGlobOperations: Number.MAX_SAFE_INTEGER,
  maxTraversalWork: Number.MAX_SAFE_INTEGER,
  maxExecutionTimeMs: Number.MAX_SAFE_INTEGER,
  maxCallDepth: 200,
  maxLiveBytes: 256 * 2 ** 20,
  maxInputBytes: Number.MAX_SAFE_INTEGER,
  maxStringLength: 64 * 2 ** 20,
  maxArrayElements: 1_000_000,
  maxOutputSize: Number.MAX_SAFE_INTEGER,
};

/** Programs that loop without a wait count their turns against these: every turn asks whether the run is over. */
const countedTurns = ["maxSedIterations", "maxAwkIterations", "maxJqIterations"] as const;

function askInLoops(bash: Bash, { signal }: RunWatch): void {
  const most = {
    valueOf(): number {
      // Its own look at the clock: throwIfAborted() waits for a timer, which such a loop lets nobody have.
      if (signal.aborted) throw signal.reason;
      return Number.MAX_SAFE_INTEGER;
    },
  };
  // The shell takes numbers only, and compares with what lies there then.
  const { limits: own } = bash as unknown as { readonly limits: Record<string, unknown> };
  for (const name of countedTurns) own[name] = most;
}

function failed(reason: string): Extract<ProcessOutcome, { kind: "failed" }> {
  return { kind: "failed", stage: "spawn", reason };
}

/** A file of a redirection that cannot be written ends the script: the interpreter throws what the file system says. */
function unwritable(thrown: unknown): Pick<BashExecResult, "stdout" | "stderr" | "exitCode" | "env"> {
  const path = thrown instanceof Error && "code" in thrown ? /'(.*)'$/.exec(thrown.message)?.[1] : undefined;
  if (path === undefined) throw thrown;
  return { stdout: "", stderr: `sh: ${path}: ${reasonOf(thrown)}\n`, exitCode: 1, env: {} };
}

/** `AbortSignal.any`, which not every browser has. */
function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === "function") return AbortSignal.any([...signals]);
  const abort = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) abort.abort(signal.reason);
    signal.addEventListener("abort", () => abort.abort(signal.reason), { once: true, signal: abort.signal });
  }
  return abort.signal;
}
