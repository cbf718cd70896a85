/**
 * The native JSON API (engine.md §11.2): same function names, same envelope. Engine 1 is the runtime itself; `engine_new`
 * makes more on the same platform.
 * @module
 */
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { decodeEngineOptions } from "../../skills/options/decode.ts";
import { OptionReader } from "../../skills/options/option-reader.ts";
import type { EngineState, RequestContext } from "../state.ts";
import { engineFree, engineNew, findEngine } from "./engine-table.ts";
import { leaseMethods } from "./lease-methods.ts";
import { lifecycleMethods } from "./lifecycle-methods.ts";
import { InvalidInput, type JsonMethod } from "./method.ts";
import { queryMethods } from "./query-methods.ts";
import { runMethods } from "./run-methods.ts";

/** The native version whose API this is. */
const ffiVersion = "0.4.6";
const exportedAs = (method: string): string => `luaskills_ffi_${method}_json`;

const methods: ReadonlyMap<string, JsonMethod> = new Map(
  Object.entries({ ...queryMethods, ...runMethods, ...leaseMethods, ...lifecycleMethods }),
);
const global = ["version", "describe", "engine_new", "engine_free"];

/** `{ ok: true, result }` or `{ ok: false, error }`; fails only when the caller aborted. */
export async function jsonCall(
  state: EngineState,
  name: string,
  params: JsonObject,
  context: RequestContext,
): Promise<JsonObject> {
  const method = name.replace(/^luaskills_ffi_/, "").replace(/_json$/, "");
  const fn = exportedAs(method);
  try {
    return { ok: true, result: await dispatch(state, method, fn, params, context) };
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    if (error.code === "aborted" && context.abort.aborted) throw error;
    return { ok: false, error: error.message };
  }
}

async function dispatch(
  state: EngineState,
  method: string,
  fn: string,
  params: JsonObject,
  context: RequestContext,
): Promise<Json> {
  switch (method) {
    case "version":
      return { ffi_version: ffiVersion, protocol: "json-cabi" };
    case "describe":
      return { ffi_version: ffiVersion, exported_functions: exportedFunctions() };
  }
  const input = new OptionReader(params, "request");
  if (method === "engine_new") {
    const options = decoding(fn, () => decodeEngine(input));
    return engineNew(state, options);
  }
  const id = decoding(fn, () => input.optional("engine_id")?.unsigned() ?? 1);
  if (method === "engine_free") return engineFree(state, id);
  const known = methods.get(method);
  if (!known) throw new LuaSkillsError("invalid_argument", `${fn} is not a function of the JSON API; see describe`);
  const engine = findEngine(state, id);
  const run = decoding(fn, () => known(input, { fn, signal: context.abort.signal, requestId: context.requestId }));
  return run(engine);
}

function exportedFunctions(): string[] {
  return [...global, ...methods.keys()].map(exportedAs).sort();
}

/** An encoding label nobody knows is no matter of the JSON: it keeps its own text (engine.md §1.8). */
function decodeEngine(input: OptionReader): JsonObject {
  const { value } = input.required("options");
  try {
    decodeEngineOptions(value);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    throw error.data.encoding !== undefined ? new InvalidInput(error.message) : error;
  }
  return value as JsonObject;
}

/** What the decoder refuses names the function; later refusals have texts of their own. */
function decoding<T>(fn: string, decode: () => T): T {
  try {
    return decode();
  } catch (thrown) {
    if (thrown instanceof InvalidInput) throw new LuaSkillsError("invalid_argument", thrown.message);
    const error = LuaSkillsError.from(thrown);
    throw new LuaSkillsError(error.code, `${fn} received invalid JSON input: ${error.message}`, { cause: thrown });
  }
}
