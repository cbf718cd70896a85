/**
 * Sessions of programs that are open (vulcan-api.md §10.3). Handles in Lua carry a number; the sessions live here, per VM.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { type HostCallContext, LuaRaise, type LuaReader, type LuaValue, type LuaVm } from "../../lua/interface.ts";
import type { ProcessProvider, ProcessSession, ProcessSessionStatus } from "../../process/interface.ts";
import { fail, stringArgument, typeWord } from "../arguments.ts";
import { resolvePath } from "../fs/vfs-path.ts";
import { decodeText, encodeText, type TextEncoding } from "../io/encodings.ts";
import type { HostServices } from "../services.ts";
import { processContext } from "./context.ts";
import { outputFields } from "./process-output.ts";
import { positive, type SessionSpec } from "./session-spec.ts";

interface OpenSession {
  readonly session: ProcessSession;
  readonly stdout: TextEncoding;
  readonly stderr: TextEncoding;
  readonly stdin: TextEncoding;
}

export class OpenSessions {
  readonly #tables = new Map<LuaVm, Map<number, OpenSession>>();
  #lastId = 0;

  constructor(
    private readonly services: HostServices,
    private readonly provider: ProcessProvider,
  ) {}

  async open(spec: SessionSpec, context: HostCallContext): Promise<number> {
    const { services } = this;
    const { vm } = context;
    let session: ProcessSession;
    try {
      session = await this.provider.open(
        {
          program: spec.program,
          args: spec.args,
          cwd: spec.cwd === undefined ? services.workingDirectory.current : resolvePath(services, spec.cwd),
          env: services.env,
          bufferLimitBytes: spec.bufferLimitBytes,
        },
        processContext(services, context),
      );
    } catch (error) {
      fail("process.session.open", messageOf(error));
    }
    this.#sweep();
    const table = this.#tables.get(vm) ?? new Map<number, OpenSession>();
    this.#tables.set(vm, table);
    this.#lastId += 1;
    table.set(this.#lastId, { session, ...spec.encodings });
    return this.#lastId;
  }

  /** Lua no longer has the handle: nothing waits for what it was, and nobody hears of a failure. */
  drop(args: LuaReader, { vm }: HostCallContext): null {
    const table = this.#tables.get(vm);
    const dropped = table?.get(args.number(1));
    table?.delete(args.number(1));
    if (dropped) end(dropped.session);
    return null;
  }

  async write(args: LuaReader, { vm }: HostCallContext): Promise<LuaValue> {
    const open = this.#of(args, vm, "write");
    const parts: string[] = [];
    for (let i = 2; i <= args.count; i++) parts.push(writable(args, i));
    if (!open.session.writable) fail("process.session.write", "stdin is closed");
    await attempt("write", async () => {
      // In one piece: whoever waits for a part of it finds the rest there, too.
      await open.session.write(encodeText(parts.join(""), open.stdin));
    });
    return true;
  }

  async read(args: LuaReader, { vm }: HostCallContext): Promise<LuaValue> {
    const open = this.#of(args, vm, "read");
    checkOptions(args, "read");
    const timeoutMs = positive(args, 3, "process.session.read", "timeout_ms", 100);
    const maxBytes = positive(args, 4, "process.session.read", "max_bytes", 65_536);
    const until =
      args.type(5) === "nil"
        ? undefined
        : stringArgument(args, 5, "process.session.read", "until_text", { wording: "io" });
    const chunk = await attempt("read", async () =>
      open.session.read({
        timeoutMs,
        maxBytes,
        ...(until === undefined ? {} : { untilBytes: encodeText(until, open.stdout) }),
      }),
    );
    const stdout = decodeText(chunk.stdout, open.stdout);
    const stderr = decodeText(chunk.stderr, open.stderr);
    return {
      stdout: stdout.text,
      stderr: stderr.text,
      ...outputFields("stdout", stdout),
      ...outputFields("stderr", stderr),
      timed_out: chunk.timedOut,
    };
  }

  async status(args: LuaReader, { vm }: HostCallContext): Promise<LuaValue> {
    const open = this.#of(args, vm, "status");
    return statusTable(await attempt("status", async () => open.session.status()));
  }

  async close(args: LuaReader, { vm }: HostCallContext): Promise<LuaValue> {
    const open = this.#of(args, vm, "close");
    checkOptions(args, "close");
    const timeoutMs = positive(args, 3, "process.session.close", "timeout_ms", 1000);
    return statusTable(await attempt("close", async () => open.session.close(timeoutMs)));
  }

  async kill(args: LuaReader, { vm }: HostCallContext): Promise<LuaValue> {
    const open = this.#of(args, vm, "kill");
    await attempt("kill", async () => open.session.kill());
    return true;
  }

  /** A VM that ended has finalised nothing. */
  #sweep(): void {
    for (const [vm, table] of this.#tables) {
      if (vm.usable) continue;
      for (const { session } of table.values()) end(session);
      this.#tables.delete(vm);
    }
  }

  #of(args: LuaReader, vm: LuaVm, fn: string): OpenSession {
    const found = this.#tables.get(vm)?.get(args.number(1));
    if (!found) fail(`process.session.${fn}`, "session is not open");
    return found;
  }
}

function end(session: ProcessSession): void {
  void Promise.resolve()
    .then(() => session.kill())
    // Nobody holds the session any more: there is no one to tell.
    .catch(() => {});
}

function checkOptions(args: LuaReader, fn: string): void {
  const type = typeWord(args, 2, "io");
  if (type !== "nil") fail(`process.session.${fn}`, `options must be a table, got ${type}`);
}

function writable(args: LuaReader, index: number): string {
  const type = typeWord(args, index, "io");
  if (type === "number" || type === "boolean") return args.inline(index);
  if (type !== "string") fail("process.session.write", `unsupported value ${type}`);
  const text = args.text(index);
  if (text === undefined) fail("process.session.write", "string must be valid UTF-8");
  return text;
}

async function attempt<T>(fn: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LuaRaise) throw error;
    fail(`process.session.${fn}`, messageOf(error));
  }
}

function statusTable(status: ProcessSessionStatus): LuaValue {
  return { running: status.running, exited: status.exited, success: status.success, code: status.code };
}
