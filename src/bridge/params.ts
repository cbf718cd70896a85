/**
 * Readers of what a page sends: each gives the member in its type, or says which member is wrong.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import { LuaSkillsError } from "../errors.ts";

export type Params = Readonly<Record<string, unknown>>;

/** @throws LuaSkillsError `invalid_argument`, as all of these do */
export function objectOf(value: unknown, what = "params"): Params {
  if (isObject(value) && !(value instanceof Uint8Array)) {
    return value as Params;
  }
  throw wrong(what, "an object");
}

/** Without NUL: the system would end the text there. */
export function textOf(params: Params, name: string): string {
  const value = params[name];
  if (typeof value !== "string" || value.includes("\0")) throw wrong(name, "a text without NUL");
  return value;
}

export function optionalText(params: Params, name: string): string | undefined {
  return params[name] === undefined || params[name] === null ? undefined : textOf(params, name);
}

export function textsOf(params: Params, name: string): readonly string[] {
  const value = params[name];
  const good = Array.isArray(value) && value.every((each) => typeof each === "string" && !each.includes("\0"));
  if (!good) throw wrong(name, "a list of texts without NUL");
  return value as readonly string[];
}

export function textMapOf(params: Params, name: string): Readonly<Record<string, string>> {
  const map = objectOf(params[name] ?? {}, name);
  for (const key of Object.keys(map)) textOf(map, key);
  return map as Readonly<Record<string, string>>;
}

export function bytesOf(params: Params, name: string): Uint8Array {
  const value = params[name];
  if (value instanceof Uint8Array) return value;
  throw wrong(name, "bytes");
}

export function optionalBytes(params: Params, name: string): Uint8Array | undefined {
  return params[name] === undefined || params[name] === null ? undefined : bytesOf(params, name);
}

/** A finite number from 0 up. */
export function numberOf(params: Params, name: string): number {
  const value = params[name];
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw wrong(name, "a number from 0 up");
}

export function optionalNumber(params: Params, name: string): number | undefined {
  return params[name] === undefined || params[name] === null ? undefined : numberOf(params, name);
}

function wrong(name: string, wanted: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", `the bridge wants ${name} to be ${wanted}`);
}
