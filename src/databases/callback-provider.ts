/**
 * `host_callback` mode (databases.md §15): every request goes to a function of the host as `{ action, binding, input }`.
 * In `json` mode the answer may be JSON text; in both modes a value is taken as it is.
 * @module
 */
import { decodeBase64, encodeBase64 } from "../base/bytes/base64.ts";
import { isObject } from "../base/is-object.ts";
import { messageOf } from "../base/message-of.ts";
import type { CallbackContext, HostCallbacks, Json, JsonObject } from "../contract/contract.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { DatabaseBinding } from "./binding.ts";
import type { DatabaseProvider } from "./provider.ts";
import { sqliteMethods } from "./sqlite-methods.ts";
import { completeSearch, payloadBytes, splitUpsert } from "./vector-payload.ts";

export type CallbackMode = "standard" | "json";
type Callback = NonNullable<HostCallbacks["sqliteProvider"]>;

const managed = { name: "host_callback", version: "host_managed", ffi_stage: "host_managed" };

export function sqliteCallbackProvider(callback: Callback, mode: CallbackMode): DatabaseProvider {
  return {
    register() {},
    call(binding, action, input, context) {
      const answer = ask(callback, { action, binding, input: JSON.parse(input) as Json }, context);
      return after(answer, (given) => (mode === "json" && typeof given === "string" ? parse(given, "sqlite") : given));
    },
    status: () => ({
      library_name: managed.name,
      library_version: managed.version,
      ffi_stage: managed.ffi_stage,
      capabilities: [...sqliteMethods],
    }),
    info: () => ({ library_info: { ...managed } }),
    closeAll() {},
  };
}

export function lancedbCallbackProvider(callback: Callback, mode: CallbackMode): DatabaseProvider {
  return {
    register() {},
    call(binding, action, input, context, data) {
      const request = { action, binding, input: lancedbInput(action, input, data) };
      return after(ask(callback, request, context), (given) => {
        const envelope = mode === "json" && typeof given === "string" ? parse(given, "lancedb") : given;
        const { meta = {}, bytes } = openEnvelope(envelope);
        return action === "vector_search" ? searchTable(meta, bytes) : meta;
      });
    },
    status: () => ({}),
    info: () => ({}),
    closeAll() {},
  };
}

/** §15.2: the payload of an upsert travels as Base64, a search names its output format. */
function lancedbInput(action: string, input: string, data: Uint8Array | undefined): Json {
  if (action === "vector_upsert") {
    const payload = splitUpsert(input, data);
    return { ...payload.input, data_base64: encodeBase64(payloadBytes(payload)) } as JsonObject;
  }
  return (action === "vector_search" ? completeSearch(input) : JSON.parse(input)) as Json;
}

function ask(
  callback: Callback,
  request: { action: string; binding: DatabaseBinding; input: Json },
  context: CallbackContext,
): Json | Promise<Json> {
  return callback({ action: request.action, binding: { ...request.binding }, input: request.input }, context);
}

/** A host that answers at once needs no waiting, which is not possible everywhere in Lua. */
function after(answer: Json | Promise<Json>, next: (answer: Json) => LuaValue): LuaValue | Promise<LuaValue> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

/** `{ meta, data_base64 }` or `{ meta, data }`; anything else has no metadata and no bytes (§15.3). */
function openEnvelope(answer: Json): { meta?: Json; bytes: Uint8Array } {
  const members: { meta?: Json; data_base64?: Json; data?: unknown } = isObject(answer) ? answer : {};
  return {
    ...(members.meta === undefined ? {} : { meta: members.meta }),
    bytes: members.data instanceof Uint8Array ? members.data : base64Bytes(members.data_base64),
  };
}

function base64Bytes(text: Json | undefined): Uint8Array {
  if (typeof text !== "string") return new Uint8Array(0);
  try {
    return decodeBase64(text);
  } catch (error) {
    throw new Error(`failed to decode lancedb provider data_base64: ${messageOf(error)}`);
  }
}

/** §12.5: the metadata becomes the result, and its `format` decides where the bytes go. */
function searchTable(meta: Json, bytes: Uint8Array): LuaValue {
  const table = isObject(meta) ? meta : {};
  if (table.format !== "json") return { ...table, data: bytes };
  try {
    return { ...table, data_json: JSON.parse(new TextDecoder().decode(bytes)) as Json };
  } catch (error) {
    throw new Error(`failed to parse LanceDB JSON rows: ${messageOf(error)}`);
  }
}

function parse(text: string, kind: "sqlite" | "lancedb"): Json {
  if (text === "") throw new Error("json host provider callback returned empty response_out");
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`failed to parse ${kind} provider response json: ${messageOf(error)}`);
  }
}
