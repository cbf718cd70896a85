/**
 * The engine's way to the network: the host's `fetch` callback or the platform's own, under one policy. Everything that
 * downloads goes through here.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { parsedAddress } from "./address.ts";
import { isAllowed } from "./allow-list.ts";
import type { FetchAnswer, FetchRequest, HttpFetch } from "./interface.ts";
import type { Outlet } from "./outlet.ts";
import { platformFetch } from "./platform-fetch.ts";
import { isPrivateHost } from "./private-host.ts";
import { tooLarge } from "./size-error.ts";
import { type Stop, stopSignal } from "./stop-signal.ts";

export interface NetworkPolicy {
  /** `allow_network_download` (engine.md §1.2). */
  readonly allowNetwork: boolean;
  /** URL prefixes; left out, every address is allowed. Redirects are held against it too. */
  readonly allowed?: readonly string[];
  /** Asked for the address and for every redirect. */
  readonly permits?: (url: string) => boolean;
  /** Told with a refusal by {@link permits}: what would allow it. */
  readonly remedy?: { readonly text: string; readonly option: string };
  /** Prefixes the host named itself: they may lie inside its network, as those of {@link allowed} may. */
  readonly named?: readonly string[];
  /** {@link permits} decides about addresses inside the network, too. */
  readonly permitsPrivate?: boolean;
  /** What holds for one address of the chain: methods that are refused, headers that are put in. */
  readonly rule?: (url: string) => { readonly methods?: readonly string[]; readonly headers?: Headers } | undefined;
  readonly limits: Pick<Limits, "downloadBytes">;
  /** Milliseconds for the whole request. Default 60,000. */
  readonly timeoutMs?: number;
}

type Headers = Readonly<Record<string, string>>;

const defaultTimeoutMs = 60_000;
const maxRedirects = 10;
const pieceBytes = 64 * 1024;

/**
 * Answers whatever status the server gave; only a request that could not be made or finished throws.
 * @throws LuaSkillsError `permission_denied` | `network_error` | `deadline_exceeded` | `aborted` | `invalid_argument`
 */
export async function policedFetch(
  url: string,
  policy: NetworkPolicy,
  request: FetchRequest = {},
  outlet: Outlet = {},
): Promise<FetchAnswer> {
  if (!policy.allowNetwork) {
    throw new LuaSkillsError("permission_denied", "network download is disabled by host policy", {
      data: { option: "allow_network_download", url },
    });
  }
  const timeoutMs = policy.timeoutMs ?? defaultTimeoutMs;
  const stop = stopSignal(request.signal, timeoutMs);
  try {
    stop.signal.throwIfAborted();
    return await chain(url, policy, request, outlet, stop);
  } catch (error) {
    throw failure(url, error, stop.reason(), timeoutMs, outlet);
  } finally {
    stop.end();
  }
}

/** Redirects are followed by hand wherever the platform shows them: each is an address like the first. */
async function chain(
  first: string,
  policy: NetworkPolicy,
  request: FetchRequest,
  outlet: Outlet,
  stop: Stop,
): Promise<FetchAnswer> {
  let at = await checkedAddress(first, policy, outlet);
  let { method = "GET", body } = request;
  let headers = lowerCased(request.headers ?? {});
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const sent = prepared({ url: at, method, headers, body }, policy, outlet);
    const init = { method, headers: sent.headers, signal: stop.signal, ...(sent.body ? { body: sent.body } : {}) };
    const answer = await single(sent.url, init, { policy, request, outlet, stop, carriesSecrets: sent.hasSecrets });
    const location = answer.headers.location;
    const redirects = answer.status >= 300 && answer.status <= 399 && answer.status !== 304 && location !== undefined;
    if (!redirects || request.redirect === "manual") return cleaned(answer, at.href, sent.hasSecrets, outlet);
    const target = await checkedAddress(new URL(location, at).href, policy, outlet);
    if (target.origin !== at.origin) headers = withoutCredentials(headers);
    if (answer.status === 303 || (answer.status < 303 && method === "POST")) [method, body] = ["GET", undefined];
    at = target;
  }
  throw new LuaSkillsError("network_error", `Failed to download ${first}: more than ${maxRedirects} redirects`);
}

interface Sending {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
}

/** @throws LuaSkillsError `permission_denied` for a method, or a secret that is not for this host */
function prepared({ url, method, headers, body }: Sending, policy: NetworkPolicy, { secrets }: Outlet) {
  const rule = policy.rule?.(url.href);
  const methods = rule?.methods;
  if (methods && !methods.some((each) => each.toUpperCase() === method.toUpperCase())) {
    throw new LuaSkillsError("permission_denied", `${method} is not allowed for '${url.href}' by host policy`, {
      data: { url: url.href, method, allowed: methods },
    });
  }
  const all = { ...headers, ...lowerCased(rule?.headers ?? {}) };
  if (!secrets) return { url: url.href, headers: all, body, hasSecrets: false };
  const query = decodeBraces(url.search);
  const values = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, secrets.reveal(value, url)]));
  const search = query.replace(/\{\{[^}]*\}\}/g, (each) => encodeURIComponent(secrets.reveal(each, url)));
  const text = body && mayHoldSecrets(body) ? new TextDecoder().decode(body) : undefined;
  const revealed = text === undefined ? body : new TextEncoder().encode(secrets.reveal(text, url));
  const hasSecrets =
    Object.keys(all).some((name) => values[name] !== all[name]) || search !== query || revealed !== body;
  const to = search === query ? url.href : url.href.replace(url.search, search);
  return { url: to, headers: values, body: revealed, hasSecrets };
}

const decodeBraces = (search: string): string => search.replaceAll(/%7B/gi, "{").replaceAll(/%7D/gi, "}");

/** `{{secret:` somewhere. */
function mayHoldSecrets(body: Uint8Array): boolean {
  for (let at = body.indexOf(0x7b); at !== -1; at = body.indexOf(0x7b, at + 1)) {
    if (body[at + 1] === 0x7b && body[at + 2] === 0x73) return true;
  }
  return false;
}

interface Around {
  readonly policy: NetworkPolicy;
  readonly request: FetchRequest;
  readonly outlet: Outlet;
  readonly stop: Stop;
  readonly carriesSecrets: boolean;
}

async function single(
  url: string,
  init: Parameters<HttpFetch>[1] & { readonly signal: AbortSignal },
  { policy, request, outlet, stop, carriesSecrets }: Around,
): Promise<FetchAnswer> {
  const { fetch: callback, refusesPrivate } = outlet;
  const maxBytes = policy.limits.downloadBytes;
  if (callback === undefined) {
    const restricted = refusesPrivate || policy.allowed || policy.permits || policy.rule;
    return platformFetch(url, init, {
      maxBytes,
      checkEnd: restricted ? (target) => checkAddress(target, policy, refusesPrivate) : undefined,
      carriesSecrets,
      onProgress: request.onProgress,
      redirect: request.redirect,
    });
  }
  // A callback need not heed the signal; the caller is answered in time all the same.
  const answer = await Promise.race([callback(url, { ...init, redirect: "manual" }), stop.stopped]);
  if (answer.url !== undefined) checkAddress(answer.url, policy, refusesPrivate);
  if (answer.body.byteLength > maxBytes) throw tooLarge(url, answer.body.byteLength, maxBytes);
  reportWhole(answer.body.byteLength, request.onProgress);
  return {
    status: answer.status,
    headers: lowerCased(answer.headers),
    body: answer.body,
    ...(answer.url === undefined ? {} : { url: answer.url }),
  };
}

/** Without what the request carried and the program must not see. */
function cleaned(answer: FetchAnswer, url: string, hasSecrets: boolean, { secrets }: Outlet): FetchAnswer {
  const end = hasSecrets ? url : (answer.url ?? url);
  if (!hasSecrets || !secrets) return { ...answer, url: end };
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, secrets.mask(value)]);
  return { ...answer, url: end, headers: Object.fromEntries(headers), body: secrets.maskBytes(answer.body) };
}

async function checkedAddress(url: string, policy: NetworkPolicy, outlet: Outlet): Promise<URL> {
  const parsed = checkAddress(url, policy, outlet.refusesPrivate);
  const { refusesPrivate, resolve, fetch } = outlet;
  if (!refusesPrivate || !resolve || fetch || mayBePrivate(url, policy) || isLiteral(parsed.hostname)) return parsed;
  // A name that is not known fails when it is asked for.
  const addresses = await resolve(parsed.hostname).catch(() => []);
  const inside = addresses.find(isPrivateHost);
  if (inside !== undefined) throw insideAddress(url, `${parsed.hostname} is ${inside}`);
  return parsed;
}

const isLiteral = (hostname: string) => hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);

function checkAddress(url: string, policy: NetworkPolicy, refusesPrivate = false): URL {
  const parsed = parsedAddress(url);
  const listed = policy.allowed === undefined || isAllowed(url, policy.allowed);
  if (!listed || !(policy.permits?.(url) ?? true)) {
    const { remedy } = policy;
    const text = `network access to '${url}' is not allowed by host policy`;
    throw new LuaSkillsError("permission_denied", remedy ? `${text}; ${remedy.text}` : text, {
      data: { url, allowed: policy.allowed, ...(remedy ? { option: remedy.option } : {}) },
    });
  }
  if (refusesPrivate && isPrivateHost(parsed.hostname) && !mayBePrivate(url, policy)) throw insideAddress(url);
  return parsed;
}

function mayBePrivate(url: string, { allowed, named = [], permitsPrivate = false }: NetworkPolicy): boolean {
  return permitsPrivate || isAllowed(url, [...(allowed ?? []), ...named]);
}

function insideAddress(url: string, why = "its address is a private one"): LuaSkillsError {
  return new LuaSkillsError(
    "permission_denied",
    `'${url}' lies inside the network of this server (${why}); a host that means it names the address itself: with ` +
      "network for Lua, with private_skill_source_allowlist for packages",
    { data: { url } },
  );
}

function failure(
  url: string,
  error: unknown,
  stopped: "aborted" | "timeout" | undefined,
  timeoutMs: number,
  { secrets }: Outlet,
): LuaSkillsError {
  if (error instanceof LuaSkillsError && error.code !== "aborted") return error;
  if (stopped === "timeout") {
    return new LuaSkillsError("deadline_exceeded", `Failed to download ${url}: no answer within ${timeoutMs} ms`, {
      data: { url, timeoutMs },
      cause: error,
    });
  }
  if (stopped === "aborted") return LuaSkillsError.from(error, "aborted");
  const said = messageOf(error);
  const reason = secrets?.mask(said) ?? said;
  // Browsers say only "Failed to fetch" for a dead server and for a missing CORS header alike.
  const hint = error instanceof TypeError ? " (the server is unreachable, or does not allow this origin: CORS)" : "";
  return new LuaSkillsError("network_error", `Failed to download ${url}: ${reason}${hint}`, {
    data: { url },
    cause: secrets ? reason : error,
  });
}

function reportWhole(bytes: number, onProgress: FetchRequest["onProgress"]): void {
  if (!onProgress) return;
  for (let done = 0; done < bytes; ) {
    done = Math.min(bytes, done + pieceBytes);
    onProgress(done, bytes);
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What one origin was told is not the next one's business. */
function withoutCredentials(headers: Headers): Record<string, string> {
  const { authorization: _, cookie: __, "proxy-authorization": ___, ...rest } = headers;
  return rest;
}
