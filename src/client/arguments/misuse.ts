/**
 * What is wrong with what was given or asked for. Only who is told of it loads the texts: no first call needs them.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { LuaSkillsError } from "../../errors.ts";

export function ofCall(name: unknown, args: unknown, options: unknown): LuaSkillsError {
  if (typeof name !== "string") return wrong("call(name)", "the canonical name of an entry", name);
  if (!isObject(args)) return wrong("call(name, args)", "an object", args);
  return ofOptions(options);
}

export function ofCode(code: unknown, options: unknown): LuaSkillsError {
  if (typeof code !== "string") return wrong("runLua(code)", "a string", code);
  return ofOptions(options);
}

/** Of options that `areOptions` does not take. */
export function ofOptions(options: unknown): LuaSkillsError {
  if (!isObject(options)) return wrong("options", "an object", options);
  const { signal, onProgress, timeoutMs } = options as { readonly [member: string]: unknown };
  if (signal && typeof (signal as Partial<AbortSignal>).addEventListener !== "function")
    return wrong("signal", "an AbortSignal", signal);
  if (onProgress && typeof onProgress !== "function") return wrong("onProgress", "a function", onProgress);
  return wrong("timeoutMs", "a number of at least 0, where 0 means no limit", timeoutMs);
}

/** Of bytes whose memory is somebody else's by now. */
export function ofBytes(cause: unknown): LuaSkillsError {
  const text = "the bytes are gone: their ArrayBuffer was transferred (detached); pass them before that, or a copy";
  return new LuaSkillsError("invalid_argument", text, { cause });
}

export function ofText(path: string, cause: unknown): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", `${path} is not UTF-8 text; read it with readBytes`, { cause });
}

function wrong(what: string, wanted: string, got: unknown): LuaSkillsError {
  const type = got === null ? "null" : Array.isArray(got) ? "an array" : typeof got;
  const shown = typeof got === "number" ? String(got) : type;
  return new LuaSkillsError("invalid_argument", `${what} must be ${wanted}, got ${shown}`, { data: { member: what } });
}
