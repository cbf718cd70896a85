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
} from "../interface.ts";
import type { ShellRun } from "./interface.ts";
import { LastBytes } from "./last-bytes.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const newline = 0x0a;

/** What a session runs its commands with. */
interface SessionShell {
  run(command: ShellRun, context: ProcessContext): Promise<ProcessOutcome>;
}

export class ShellSession implements ProcessSession {
  readonly #stdout: LastBytes;
  readonly #stderr: LastBytes;
  readonly #abort = new AbortController();
  #stdin: Uint8Array = new Uint8Array(0);
  #env: Readonly<Record<string, string>>;
  #cwd: string;
  #exit: { readonly code: number | null } | undefined;
  #open = true;
  #work: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly shell: SessionShell,
    private readonly spec: ProcessSessionSpec,
    private readonly context: ProcessContext,
  ) {
    this.#stdout = new LastBytes(spec.bufferLimitBytes);
    this.#stderr = new LastBytes(spec.bufferLimitBytes);
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
    if (this.#kind() === "stream") this.#out("stdout", bytes);
    else this.#stdin = concatBytes([this.#stdin, bytes]);
    if (this.#kind() === "lines") this.#lines();
  }

  async read({ timeoutMs, maxBytes, untilBytes }: Parameters<ProcessSession["read"]>[0]) {
    const end = Date.now() + timeoutMs;
    while (!this.#ready(untilBytes) && Date.now() < end) await this.#change(end - Date.now());
    const timedOut = !this.#ready(untilBytes);
    return { stdout: this.#stdout.take(maxBytes), stderr: this.#stderr.take(maxBytes), timedOut };
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
    this.#exit ??= { code: null };
    this.#abort.abort();
    this.#wake();
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
      this.#exit ??= { code: 0 };
      this.#wake();
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
    const before = this.#stdout.size;
    const outcome = await this.#collect(`${script}${tail}`);
    if (outcome === undefined) return;
    const text = decoder.decode(outcome.stdout);
    const at = text.lastIndexOf(mark);
    if (at < 0) {
      this.#out("stdout", outcome.stdout);
      // The script left the shell itself.
      this.#exit = { code: outcome.code };
    } else {
      if (this.#stdout.size === before) this.#out("stdout", encoder.encode(text.slice(0, at)));
      const [cwd = this.#cwd, ...exports] = text.slice(at + mark.length).split("\n");
      this.#cwd = cwd;
      this.#env = { ...this.#env, ...exported(exports) };
    }
    this.#out("stderr", outcome.stderr);
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
    const onOutput = (stream: "stdout" | "stderr", bytes: Uint8Array) => this.#out(stream, bytes);
    const command = { run, cwd: this.#cwd, env: this.#env, stdin, onOutput };
    // Killed while it ran: the exit is there already.
    const outcome = await this.shell.run(command, { ...this.context, signal }).catch(() => undefined);
    if (outcome?.kind === "finished") this.#exit ??= { code: outcome.code };
    if (outcome?.kind === "failed") {
      this.#out("stderr", encoder.encode(`${outcome.reason}\n`));
      this.#exit ??= { code: 127 };
    }
  }

  #out(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    (stream === "stdout" ? this.#stdout : this.#stderr).push(bytes);
    this.#wake();
  }

  #ready(untilBytes: Uint8Array | undefined): boolean {
    if (this.#exit) return true;
    const streams = [this.#stdout, this.#stderr];
    return streams.some((stream) => (untilBytes ? stream.includes(untilBytes) : stream.size > 0));
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timerMs(withinMs));
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
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
