/**
 * What an entry may return (vulcan-api.md §3.5, engine.md §7.3): content, overflow mode, template hint, host result.
 * @module
 */
import type { CallResult } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { trimText } from "../../host/arguments.ts";
import { type LuaReader, LuaValueError } from "../../lua/interface.ts";

export type ParsedResult = Omit<CallResult, "usage">;

const notUtf8 = "invalid utf-8 sequence";

/** Judges the JSON text of a fourth value; undefined where the caller takes none. */
type HostResultReader = (json: string) => CallResult["hostResult"];

/** Reads the results from index `first` on. @throws LuaSkillsError `invalid_result` with the exact texts of §3.5 */
export function readCallResult(
  tool: string,
  reader: LuaReader,
  first: number,
  hostResult: HostResultReader | undefined,
): ParsedResult {
  const skill = `Lua skill '${tool}'`;
  const refuse = (message: string): never => {
    throw new LuaSkillsError("invalid_result", message, { data: { entry: tool } });
  };
  const count = reader.count - first + 1;
  if (count <= 0) return refuse(`${skill} must return a plain string result`);
  if (count > 4) return refuse(`${skill} must return content[, overflow_mode[, template_hint[, host_result]]]`);
  if (reader.type(first) !== "string") {
    return refuse(
      `Tool results must be returned as plain strings. Structured JSON or table results are not supported. (skill='${tool}', actual_type='${reader.type(first)}')`,
    );
  }
  const content = reader.text(first) ?? refuse(`${skill} returned an invalid UTF-8 string: ${notUtf8}`);
  const overflowMode = readMode(skill, reader, first + 1, refuse);
  const templateHint = readHint(skill, reader, first + 2, refuse);
  const host =
    hostResult && reader.type(first + 3) !== "nil" ? hostResult(hostResultJson(tool, reader, first + 3)) : undefined;
  return { content, overflowMode, templateHint, ...measure(content), ...(host ? { hostResult: host } : {}) };
}

type Refuse = (message: string) => never;

function readMode(skill: string, reader: LuaReader, index: number, refuse: Refuse): CallResult["overflowMode"] {
  const type = reader.type(index);
  if (type === "nil") return null;
  if (type !== "string") return refuse(`${skill} must return overflow mode as a string constant`);
  const text = reader.text(index) ?? refuse(`${skill} returned an invalid overflow mode string: ${notUtf8}`);
  const mode = trimText(text);
  if (mode === "truncate") return "Truncate";
  if (mode === "page") return "Page";
  return refuse(`${skill} returned an unsupported overflow mode: ${text}`);
}

function readHint(skill: string, reader: LuaReader, index: number, refuse: Refuse): string | null {
  const type = reader.type(index);
  if (type === "nil") return null;
  if (type !== "string") return refuse(`${skill} must return template_hint as a string`);
  const text = reader.text(index) ?? refuse(`${skill} returned an invalid template name: ${notUtf8}`);
  return trimText(text) || null;
}

function hostResultJson(tool: string, reader: LuaReader, index: number): string {
  try {
    return reader.json(index);
  } catch (error) {
    if (!(error instanceof LuaValueError)) throw error;
    throw new LuaSkillsError("invalid_result", error.message, { data: { entry: tool } });
  }
}

/** Bytes and lines after CRLF and CR became LF; `content` itself stays as it is. */
function measure(content: string): { contentBytes: number; contentLines: number } {
  if (content === "") return { contentBytes: 0, contentLines: 0 };
  let bytes = 0;
  let lines = 1;
  for (let i = 0; i < content.length; i++) {
    const code = content.charCodeAt(i);
    if (code === 10) lines += 1;
    else if (code === 13) {
      lines += 1;
      if (content.charCodeAt(i + 1) === 10) i += 1;
    }
    // A surrogate pair is four bytes in UTF-8: two for each half.
    if (code < 0x80) bytes += 1;
    else if (code < 0x800 || (code >= 0xd800 && code < 0xe000)) bytes += 2;
    else bytes += 3;
  }
  return { contentBytes: bytes, contentLines: lines };
}
