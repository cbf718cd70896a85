/**
 * `process.session` on the embedded shell. There are no processes that wait for input, so a session runs when its input is
 * there: `sh` and `bash` line by line, `cat` as it comes, everything else when its input is closed; so do programs that
 * buffer what they write to a pipe.
 * @module
 */
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { forRequest } from "../../base/request-of.ts";
import { timerMs } from "../../base/timers.ts";
import type {
  ProcessContext,
  ProcessOutcome,
  ProcessSession,
  ProcessSessionSpec,
  ProcessSessionStatus,
  SessionBytes,
  SessionRead,
} from "../interface.ts";
import { SessionOutput } from "../session-output.ts";
import type { ShellRun } from "./interface.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const newline = 0x0a;

/** What a session runs its commands with. */
interface SessionShell {
  run(command: ShellRun, context: ProcessContext): Promise<ProcessOutcome>;
}

export class ShellSession implements ProcessSession {
  readonly #output: SessionOutput;
  readonly #abort = new AbortController();
  #stdin: Uint8Array = new Uint8Array(0);
  #env: Readonly<Record<string, string>>;
  #cwd: string;
  #exit: { readonly code: number | null } | undefined;
  #open = true;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly shell: SessionShell,
    private readonly spec: ProcessSessionSpec,
    private readonly context: ProcessContext,
  ) {
    this.#output = new SessionOutput(spec.bufferLimitBytes);
    this.#env = spec.env;
    this.#cwd = spec.cwd;
    forRequest(this.#abort.signal, context.signal);
    // A program that reads nothing need not wait for the end of its input.
    if (this.#kind() === "script") this.#end();
  }

  get writable(): boolean {
    return this.#open && this.#exit === undefined;
  }

  write(bytes: Uint8Array): void {
    if (this.#exit) throw new Error("Broken pipe (os error 32)");
    if (this.#kind() === "stream") this.#output.push("stdout", bytes);
    else this.#stdin = concatBytes([this.#stdin, bytes]);
    if (this.#kind() === "lines") this.#lines();
  }

  read(options: SessionRead): Promise<SessionBytes> {
    return this.#output.read(options);
  }

  status(): ProcessSessionStatus {
    const exit = this.#exit;
    if (!exit) return { running: true, exited: false, success: null, code: null };
    return { running: false, exited: true, success: exit.code === 0, code: exit.code };
  }

  async close(timeoutMs: number): Promise<ProcessSessionStatus> {
    this.#end();
    const timer = setTimeout(() => this.kill(), timerMs(timeoutMs));
    await this.#work;
    clearTimeout(timer);
    return this.status();
  }

  kill(): void {
    this.#open = false;
    this.#exited(null);
    this.#abort.abort();
  }

  /** How the program takes its input. */
  #kind(): "lines" | "stream" | "script" | "whole" {
    const name = this.spec.program.replace(/^.*\//, "");
    const { args } = this.spec;
    if (name === "sh" || name === "bash") {
      return args.every((arg) => arg === "-i" || arg === "-s" || arg === "-l") ? "lines" : "script";
    }
    return name === "cat" && args.length === 0 ? "stream" : "whole";
  }

  /** No more input: what is left runs. */
  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    const kind = this.#kind();
    if (kind === "lines") this.#lines();
    const { program, args } = this.spec;
    this.#work = this.#work.then(async () => {
      if (this.#exit) return;
      if (kind === "whole" || kind === "script") await this.#run({ kind: "program", program, args }, this.#stdin);
      this.#exited(0);
    });
  }

  #lines(): void {
    const cut = this.#open ? this.#stdin.lastIndexOf(newline) + 1 : this.#stdin.length;
    const script = decoder.decode(this.#stdin.subarray(0, cut));
    this.#stdin = this.#stdin.subarray(cut);
    if (script === "") return;
    this.#work = this.#work.then(() => this.#interactive(script));
  }

  /** Where it stands and what is set stays for the next line; how it ended is what `exit` says. */
  async #interactive(script: string): Promise<void> {
    if (this.#exit) return;
    const mark = `\u0001${crypto.randomUUID()}\u0001`;
    const tail = `\n__status=$?; printf '%s' '${mark}'; pwd; export -p; exit $__status`;
    const before = this.#output.size("stdout");
    const outcome = await this.#collect(`${script}${tail}`);
    if (outcome === undefined) return;
    const text = decoder.decode(outcome.stdout);
    const at = text.lastIndexOf(mark);
    if (at < 0) {
      this.#output.push("stdout", outcome.stdout);
      // The script left the shell itself.
      this.#exited(outcome.code);
    } else {
      if (this.#output.size("stdout") === before) this.#output.push("stdout", encoder.encode(text.slice(0, at)));
      const [cwd = this.#cwd, ...exports] = text.slice(at + mark.length).split("\n");
      this.#cwd = cwd;
      this.#env = { ...this.#env, ...exported(exports) };
    }
    this.#output.push("stderr", outcome.stderr);
  }

  async #collect(command: string) {
    const { signal } = this.#abort;
    const run = { kind: "shell", shell: "sh", command } as const;
    const outcome = await this.shell
      .run({ run, cwd: this.#cwd, env: this.#env }, { ...this.context, signal })
      .catch(() => undefined);
    return outcome?.kind === "finished" ? outcome : undefined;
  }

  async #run(run: { kind: "program"; program: string; args: readonly string[] }, stdin: Uint8Array): Promise<void> {
    const { signal } = this.#abort;
    const onOutput: ShellRun["onOutput"] = (stream, bytes) => this.#output.push(stream, bytes);
    const command = { run, cwd: this.#cwd, env: this.#env, stdin, onOutput };
    const outcome = await this.shell.run(command, { ...this.context, signal }).catch(() => undefined);
    if (outcome?.kind === "finished") this.#exited(outcome.code);
    if (outcome?.kind === "failed") {
      this.#output.push("stderr", encoder.encode(`${outcome.reason}\n`));
      this.#exited(127);
    }
  }

  /** Only the first end counts: what is killed while it runs has one already. */
  #exited(code: number | null): void {
    this.#exit ??= { code };
    this.#output.end();
  }
}

/** `declare -x NAME="value"` as `export -p` writes it. */
function exported(lines: readonly string[]): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value] = /^declare -x (\w+)="(.*)"$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) out[name] = value.replaceAll(/\\([\\"$`])/g, "$1");
  }
  return out;
}
