/**
 * `vulcan.process.session` (vulcan-api.md §10.3). Handles in Lua carry a number; the sessions live here, per VM.
 * @module
 */
import { type HostFunctions, LuaRaise, type LuaReader, type LuaValue, type LuaVm } from "../../lua/interface.ts";
import type { ProcessProvider, ProcessSession, ProcessSessionStatus } from "../../process/interface.ts";
import { checkPathText, fail, stringArgument, typeWord } from "../arguments.ts";
import { resolvePath } from "../fs/vfs-path.ts";
import {
  decodeText,
  defaultTextEncoding,
  EncodingError,
  encodeText,
  type TextEncoding,
  textEncoding,
} from "../io/encodings.ts";
import type { HostServices } from "../services.ts";
import { processContext } from "./context.ts";
import { outputFields } from "./process-output.ts";

interface OpenSession {
  readonly session: ProcessSession;
  readonly stdout: TextEncoding;
  readonly stderr: TextEncoding;
  readonly stdin: TextEncoding;
}

const opening = "process.session.open";

export function sessionFunctions(services: HostServices, provider: ProcessProvider): HostFunctions {
  const tables = new Map<LuaVm, Map<number, OpenSession>>();
  let lastId = 0;
  /** A VM that ended has finalised nothing. */
  const sweep = () => {
    for (const [vm, table] of tables) {
      if (vm.usable) continue;
      for (const { session } of table.values()) end(session);
      tables.delete(vm);
    }
  };
  const of = (args: LuaReader, vm: LuaVm, fn: string): OpenSession => {
    const found = tables.get(vm)?.get(args.number(1));
    if (!found) fail(`process.session.${fn}`, "session is not open");
    return found;
  };
  return {
    session_open: {
      waits: async (args, context) => {
        const spec = readSpec(args, services);
        const { vm } = context;
        let session: ProcessSession;
        try {
          session = await provider.open(
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
          fail(opening, error instanceof Error ? error.message : String(error));
        }
        sweep();
        const table = tables.get(vm) ?? new Map<number, OpenSession>();
        tables.set(vm, table);
        lastId += 1;
        table.set(lastId, { session, ...spec.encodings });
        return lastId;
      },
    },
    /** Lua no longer has the handle: nothing waits for what it was, and nobody hears of a failure. */
    session_drop: (args, { vm }) => {
      const table = tables.get(vm);
      const dropped = table?.get(args.number(1));
      table?.delete(args.number(1));
      if (dropped) end(dropped.session);
      return null;
    },
    session_write: {
      waits: async (args, { vm }) => {
        const open = of(args, vm, "write");
        const parts: string[] = [];
        for (let i = 2; i <= args.count; i++) parts.push(writable(args, i));
        if (!open.session.writable) fail("process.session.write", "stdin is closed");
        await attempt("write", async () => {
          // In one piece: whoever waits for a part of it finds the rest there, too.
          await open.session.write(encodeText(parts.join(""), open.stdin));
        });
        return true;
      },
    },
    session_read: {
      waits: async (args, { vm }) => {
        const open = of(args, vm, "read");
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
      },
    },
    session_status: {
      waits: async (args, { vm }) => {
        const open = of(args, vm, "status");
        return statusTable(await attempt("status", async () => open.session.status()));
      },
    },
    session_close: {
      waits: async (args, { vm }) => {
        const open = of(args, vm, "close");
        checkOptions(args, "close");
        const timeoutMs = positive(args, 3, "process.session.close", "timeout_ms", 1000);
        return statusTable(await attempt("close", async () => open.session.close(timeoutMs)));
      },
    },
    session_kill: {
      waits: async (args, { vm }) => {
        const open = of(args, vm, "kill");
        await attempt("kill", async () => open.session.kill());
        return true;
      },
    },
  };
}

function end(session: ProcessSession): void {
  void Promise.resolve()
    .then(() => session.kill())
    // Nobody holds the session any more: there is no one to tell.
    .catch(() => {});
}

/** Positions of what process.lua passes to `session_open`. */
const at = { spec: 1, program: 2, args: 3, cwd: 4, encodings: 5, limit: 9, list: 10 };

function readSpec(args: LuaReader, services: HostServices) {
  if (args.type(at.spec) !== "table") fail(opening, `spec must be a table, got ${typeWord(args, at.spec, "io")}`);
  const program = stringArgument(args, at.program, opening, "program", { wording: "io" });
  const items = readItems(args);
  const cwd = args.type(at.cwd) === "nil" ? undefined : stringArgument(args, at.cwd, opening, "cwd", { wording: "io" });
  if (cwd !== undefined) checkPathText(cwd, opening, "cwd");
  const common =
    readEncoding(args, 0, "encoding", services) ?? defaultTextEncoding(services.defaultTextEncoding, services.os.os);
  const encodings = {
    stdout: readEncoding(args, 1, "stdout_encoding", services) ?? common,
    stderr: readEncoding(args, 2, "stderr_encoding", services) ?? common,
    stdin: readEncoding(args, 3, "stdin_encoding", services) ?? common,
  };
  const bufferLimitBytes = positive(args, at.limit, opening, "buffer_limit_bytes", 1_048_576);
  return { program, args: items, cwd, encodings, bufferLimitBytes };
}

function readItems(args: LuaReader): string[] {
  const type = typeWord(args, at.args, "io");
  if (type !== "nil" && type !== "table") fail(opening, `args must be an array table, got ${type}`);
  const items: string[] = [];
  const count = args.number(at.list);
  for (let i = 1; i <= count; i++) {
    items.push(stringArgument(args, at.list + i, opening, "args", { allowBlank: true, wording: "io" }));
  }
  return items;
}

function readEncoding(
  args: LuaReader,
  offset: number,
  field: string,
  services: HostServices,
): TextEncoding | undefined {
  const index = at.encodings + offset;
  if (args.type(index) === "nil") return undefined;
  const label = stringArgument(args, index, opening, field, { wording: "io" });
  try {
    return textEncoding(label, services.os.os);
  } catch (error) {
    if (error instanceof EncodingError) fail(opening, error.message);
    throw error;
  }
}

function positive(args: LuaReader, index: number, fn: string, param: string, fallback: number): number {
  const type = typeWord(args, index, "io");
  if (type === "nil") return fallback;
  const value = type === "number" ? args.number(index) : 0;
  if (!(value > 0)) fail(fn, `${param} must be a positive number, got ${type}`);
  return value;
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
    fail(`process.session.${fn}`, error instanceof Error ? error.message : String(error));
  }
}

function statusTable(status: ProcessSessionStatus): LuaValue {
  return { running: status.running, exited: status.exited, success: status.success, code: status.code };
}
