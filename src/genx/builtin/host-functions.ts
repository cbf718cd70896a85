import { messageOf } from "../../base/message-of.ts";
import { JsonSyntaxError } from "../../base/text/parse-json.ts";
import { LuaSkillsError } from "../../errors.ts";
import { decodeJson } from "../../host/json/json.ts";
import { type LuaResults, type LuaValue, results } from "../../lua/interface.ts";
import { isPrivateHost } from "../../net/private-host.ts";
import { type Answer, atOnce, type GenxFunction, later } from "./genx-function.ts";
import { KeyValues } from "./key-values.ts";
import { type OperationsOf, operationsByVm } from "./operations.ts";
import { translated } from "./packages.ts";
import { parseTime } from "./parse-time.ts";
import type { GenxCall, GenxServices } from "./services.ts";
import { streamFunctions } from "./stream-functions.ts";

type Table = Readonly<Record<string, LuaValue>>;
type Functions = Readonly<Record<string, GenxFunction>>;

const defaultTimeoutMs = 30_000;
const utf8 = new TextEncoder();
const nothing = results();

/** What the Lua texts beside this file call `host`. */
export function genxFunctions(services: GenxServices): Functions {
  const operations = operationsByVm();
  return {
    ...streamFunctions(operations),
    ...storeFunctions(services),
    ...promiseFunctions(services, operations),
    now: atOnce((_, call) => call.now()),
    env: atOnce(([name], call) =>
      call.decide("env.get", text(name)) === "deny" ? undefined : services.env(text(name)),
    ),
    uuid: atOnce(() => crypto.randomUUID()),
    parse_time: atOnce(([value]) => parseTime(text(value))),
    json_decode: atOnce(([value]) => decode(text(value))),
    log: atOnce(([level, line], call) => {
      call.log(level as "info", text(line));
      return nothing;
    }),
    find_package: later(async ([name]) => (await services.packages.find(text(name))) as LuaValue),
    translate: later(async ([source]) => (await translated(text(source), true)) as LuaValue),
    command: later(([name, payload], call) => command(call, text(name), payload)),
  };
}

/** `kvs_*` and `cache_*`. What the host's policies deny is not there. */
function storeFunctions(services: GenxServices): Functions {
  const caches = new Map<string, KeyValues>();
  const cacheOf = (call: GenxCall): KeyValues => {
    const skill = call.skillId ?? "";
    const cache = caches.get(skill) ?? new KeyValues({ now: () => call.now() });
    caches.set(skill, cache);
    return cache;
  };
  /** Only the first use of a skill may have to wait for what was kept. */
  const stored = (call: GenxCall, use: (values: KeyValues) => LuaValue): Answer | Promise<Answer> => {
    const values = services.kvs(call.skillId);
    const answer = (ready: KeyValues): Answer => use(ready) ?? nothing;
    return values instanceof KeyValues ? answer(values) : values.then(answer);
  };
  const allowed = (call: GenxCall, verb: string, key: LuaValue): boolean =>
    call.decide(`store.key.${verb}`, text(key)) !== "deny";
  return {
    kvs_get: later(([key], call) =>
      allowed(call, "get", key) ? stored(call, (values) => values.get(text(key))) : undefined,
    ),
    kvs_set: later(([key, value], call) =>
      allowed(call, "set", key) ? stored(call, (values) => void values.set(text(key), value)) : nothing,
    ),
    kvs_del: later(([key], call) =>
      allowed(call, "delete", key) ? stored(call, (values) => void values.delete(text(key))) : nothing,
    ),
    cache_get: atOnce(([key], call) => cacheOf(call).get(text(key))),
    cache_set: atOnce(([key, value, seconds], call) => {
      cacheOf(call).set(text(key), value, typeof seconds === "number" ? seconds * 1000 : undefined);
      return nothing;
    }),
    cache_del: atOnce(([key], call) => {
      cacheOf(call).delete(text(key));
      return nothing;
    }),
  };
}

function promiseFunctions(services: GenxServices, of: OperationsOf): Functions {
  return {
    http: later(([request], call) => http(services, request as Table, call, call.signal)),
    start_http: atOnce(([request], call) => of(call).start((signal) => http(services, request as Table, call, signal))),
    timer: atOnce(([ms], call) => of(call).timer(Number(ms))),
    cancel: atOnce(([id], call) => of(call).cancel(Number(id))),
    ready: atOnce(([id], call) => of(call).ready(Number(id))),
    forget: atOnce(([id], call) => {
      of(call).forget(Number(id));
      return nothing;
    }),
    wait: later(async ([id], call) => results(...(await of(call).wait(Number(id))))),
    wait_any: later(async ([ids], call) => {
      await of(call).waitAny(Array.isArray(ids) ? ids.map(Number) : []);
      return nothing;
    }),
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

async function http(services: GenxServices, request: Table, call: GenxCall, signal: AbortSignal): Promise<LuaValue> {
  const url = text(request.url);
  // The network is the one thing that has to be allowed; silence is a refusal.
  const permits = (address: string): boolean =>
    call.decide("http_client.request", address) === "allow" && mayReach(address, call);
  if (!permits(url)) return { status: 0, err: `not allowed: ${url}` };
  const { body, timeout } = request;
  const headers = Array.isArray(request.headers) ? (request.headers as readonly (readonly LuaValue[])[]) : [];
  try {
    const answer = await services.fetch({
      url,
      method: text(request.method).toUpperCase(),
      headers: Object.fromEntries(headers.map(([name, value]) => [text(name), text(value)])),
      body: body instanceof Uint8Array ? body : typeof body === "string" ? utf8.encode(body) : undefined,
      timeoutMs: typeof timeout === "number" ? timeout : defaultTimeoutMs,
      signal,
      permits,
    });
    return { status: answer.status, headers: answer.headers, body: answer.body };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: 0, err: transportText(error, url) };
  }
}

/** Inside somebody's network a second permission is needed, as the module `http_client` has it. */
function mayReach(address: string, call: GenxCall): boolean {
  const { hostname } = URL.canParse(address) ? new URL(address) : { hostname: "" };
  return !isPrivateHost(hostname) || call.decide("http_client.private_ip", hostname) === "allow";
}

function transportText(error: unknown, url: string): string {
  if (error instanceof LuaSkillsError) {
    if (error.code === "permission_denied") return `not allowed: ${url}`;
    if (error.code === "deadline_exceeded") return "context deadline exceeded";
  }
  return messageOf(error);
}

/** `true, value`, or `false` and what is known about the failure. */
async function command(call: GenxCall, name: string, payload: LuaValue): Promise<LuaResults> {
  try {
    return results(true, await call.command(name, payload));
  } catch (error) {
    if (call.signal.aborted) throw error;
    const { message = String(error), kind, retryable, details } = error as Partial<Record<string, LuaValue>>;
    return results(false, { message, kind, retryable, details });
  }
}
