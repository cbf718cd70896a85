import { LuaSkillsError } from "../../errors.ts";
import { decodeJson } from "../../host/json.ts";
import { JsonSyntaxError } from "../../host/json-parser.ts";
import { type LuaResults, type LuaValue, results } from "../../lua/interface.ts";
import { atOnce, type GenxFunction, later } from "./genx-function.ts";
import { KeyValues } from "./key-values.ts";
import { Operations } from "./operations.ts";
import { translated } from "./packages.ts";
import { parseTime } from "./parse-time.ts";
import type { GenxCompat, GenxServices } from "./services.ts";
import { streamFunctions } from "./stream-functions.ts";

type Table = Readonly<Record<string, LuaValue>>;

const defaultTimeoutMs = 30_000;
const utf8 = new TextEncoder();

/** What the Lua texts beside this file call `host`. */
export function genxFunctions(services: GenxServices, compat: GenxCompat = {}): Readonly<Record<string, GenxFunction>> {
  const operations = new Operations();
  const cache = new KeyValues({ now: () => services.now() });
  const { kvs, packages } = services;
  return {
    ...streamFunctions(services, operations),
    options: atOnce(() => ({ require_nil: compat.requireNil ?? false, eof_text: compat.eofText })),
    now: atOnce(() => services.now()),
    env: atOnce(([name]) => services.env(text(name))),
    uuid: atOnce(() => crypto.randomUUID()),
    parse_time: atOnce(([value]) => parseTime(text(value))),
    json_decode: atOnce(([value]) => decode(text(value))),
    log: atOnce(([level, line]) => {
      services.log(level as "info", text(line));
      return undefined;
    }),
    kvs_get: atOnce(([key]) => kvs.get(text(key))),
    kvs_set: atOnce(([key, value]) => {
      kvs.set(text(key), value);
      return results();
    }),
    kvs_del: atOnce(([key]) => {
      kvs.delete(text(key));
      return results();
    }),
    cache_get: atOnce(([key]) => cache.get(text(key))),
    cache_set: atOnce(([key, value, seconds]) => {
      cache.set(text(key), value, typeof seconds === "number" ? seconds * 1000 : undefined);
      return results();
    }),
    cache_del: atOnce(([key]) => {
      cache.delete(text(key));
      return results();
    }),
    http: later(([request], signal) => http(services, request as Table, signal)),
    start_http: atOnce(([request]) => operations.start((signal) => http(services, request as Table, signal))),
    timer: atOnce(([ms]) => operations.timer(Number(ms))),
    cancel: atOnce(([id]) => operations.cancel(Number(id))),
    ready: atOnce(([id]) => operations.ready(Number(id))),
    forget: atOnce(([id]) => {
      operations.forget(Number(id));
      return results();
    }),
    wait: later(async ([id]) => results(...(await operations.wait(Number(id))))),
    wait_any: later(async ([ids]) => {
      await operations.waitAny(Array.isArray(ids) ? ids.map(Number) : []);
      return results();
    }),
    find_package: later(async ([name]) => (await packages.find(text(name))) as LuaValue),
    translate: later(async ([source]) => (await translated(text(source), true)) as LuaValue),
    command: later(([name, payload], signal) => command(services, text(name), payload, signal)),
    start_command: atOnce(([name, payload]) =>
      operations.start(async (signal) => services.command(text(name), payload, signal)),
    ),
  };
}

function text(value: LuaValue): string {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "string" ? value : "";
}

function decode(json: string): LuaResults {
  try {
    return results(true, decodeJson(json));
  } catch (error) {
    if (error instanceof JsonSyntaxError) return results(false, error.message);
    throw error;
  }
}

async function http(services: GenxServices, request: Table, signal: AbortSignal): Promise<LuaValue> {
  const url = text(request.url);
  const { body, timeout } = request;
  const headers = Object.fromEntries(
    (request.headers as readonly (readonly LuaValue[])[]).map(([name, value]) => [text(name), text(value)]),
  );
  try {
    const answer = await services.fetch({
      url,
      method: text(request.method).toUpperCase(),
      headers,
      body: body instanceof Uint8Array ? body : typeof body === "string" ? utf8.encode(body) : undefined,
      timeoutMs: typeof timeout === "number" ? timeout : defaultTimeoutMs,
      signal,
    });
    return { status: answer.status, headers: answer.headers, body: answer.body };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: 0, err: transportText(error, url) };
  }
}

function transportText(error: unknown, url: string): string {
  if (error instanceof LuaSkillsError) {
    if (error.code === "permission_denied") return `not allowed: ${url}`;
    if (error.code === "deadline_exceeded") return "context deadline exceeded";
  }
  return error instanceof Error ? error.message : String(error);
}

/** `true, value`, or `false` and what is known about the failure. */
async function command(
  services: GenxServices,
  name: string,
  payload: LuaValue,
  signal: AbortSignal,
): Promise<LuaResults> {
  try {
    return results(true, await services.command(name, payload, signal));
  } catch (error) {
    if (signal.aborted) throw error;
    const { message = String(error), kind, retryable, details } = error as Partial<Record<string, LuaValue>>;
    return results(false, { message, kind, retryable, details });
  }
}
