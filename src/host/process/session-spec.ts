/**
 * What `vulcan.process.session.open` is given (vulcan-api.md §10.3).
 * @module
 */
import type { LuaReader } from "../../lua/interface.ts";
import { checkPathText, fail, stringArgument, typeWord } from "../arguments.ts";
import { defaultTextEncoding, EncodingError, type TextEncoding, textEncoding } from "../io/encodings.ts";
import type { HostServices } from "../services.ts";

export type SessionSpec = ReturnType<typeof readSpec>;

const opening = "process.session.open";

/** Positions of what process.lua passes to `session_open`. */
const at = { spec: 1, program: 2, args: 3, cwd: 4, encodings: 5, limit: 9, list: 10 };

export function readSpec(args: LuaReader, services: HostServices) {
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

/** @throws LuaRaise when it is neither nil nor above zero */
export function positive(args: LuaReader, index: number, fn: string, param: string, fallback: number): number {
  const type = typeWord(args, index, "io");
  if (type === "nil") return fallback;
  const value = type === "number" ? args.number(index) : 0;
  if (!(value > 0)) fail(fn, `${param} must be a positive number, got ${type}`);
  return value;
}
