/**
 * The engine's way to the network: the host's `fetch` callback or the platform's own, under one policy. Everything that
 * downloads goes through here.
 * @module
 */
import { forRequest } from "../base/request-of.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { isAllowed } from "./allow-list.ts";
import type { FetchAnswer, FetchRequest, HttpFetch } from "./interface.ts";
import { platformFetch } from "./platform-fetch.ts";
import { tooLarge } from "./size-error.ts";

export interface NetworkPolicy {
  /** `allow_network_download` (engine.md §1.2). */
  readonly allowNetwork: boolean;
  /** URL prefixes; left out, every address is allowed. Redirects are held against it too. */
  readonly allowed?: readonly string[];
  /** Asked for the address and for every redirect. */
  readonly permits?: (url: string) => boolean;
  readonly limits: Pick<Limits, "downloadBytes">;
  /** Milliseconds for the whole request. Default 60,000. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 60_000;
const pieceBytes = 64 * 1024;

/**
 * Answers whatever status the server gave; only a request that could not be made or finished throws.
 * @param callback `HostCallbacks.fetch`; left out, the platform's `fetch`
 * @throws LuaSkillsError `permission_denied` | `network_error` | `deadline_exceeded` | `aborted` | `invalid_argument`
 */
export async function policedFetch(
  url: string,
  policy: NetworkPolicy,
  request: FetchRequest = {},
  callback?: HttpFetch,
): Promise<FetchAnswer> {
  if (!policy.allowNetwork) {
    throw new LuaSkillsError("permission_denied", "network download is disabled by host policy", {
      data: { option: "allow_network_download", url },
    });
  }
  checkAddress(url, policy);
  const timeoutMs = policy.timeoutMs ?? defaultTimeoutMs;
  const stop = stopSignal(request.signal, timeoutMs);
  try {
    stop.signal.throwIfAborted();
    const init = {
      method: request.method ?? "GET",
      headers: { ...request.headers },
      signal: stop.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    const maxBytes = policy.limits.downloadBytes;
    if (callback === undefined) {
      return await platformFetch(url, init, {
        maxBytes,
        checkRedirect:
          policy.allowed === undefined && policy.permits === undefined
            ? undefined
            : (target) => checkAddress(target, policy),
        onProgress: request.onProgress,
        redirect: request.redirect,
      });
    }
    // A callback need not heed the signal; the caller is answered in time all the same.
    const answer = await Promise.race([callback(url, init), stop.stopped]);
    if (answer.body.byteLength > maxBytes) throw tooLarge(url, answer.body.byteLength, maxBytes);
    reportWhole(answer.body.byteLength, request.onProgress);
    return { status: answer.status, headers: lowerCased(answer.headers), body: answer.body };
  } catch (error) {
    throw failure(url, error, stop.reason(), timeoutMs);
  } finally {
    stop.end();
  }
}

function checkAddress(url: string, policy: NetworkPolicy): void {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (error) {
    throw new LuaSkillsError("invalid_argument", `'${url}' is not an absolute URL`, { cause: error });
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw new LuaSkillsError("permission_denied", `'${url}' is not an http or https address`, { data: { url } });
  }
  const listed = policy.allowed === undefined || isAllowed(url, policy.allowed);
  if (listed && (policy.permits?.(url) ?? true)) return;
  throw new LuaSkillsError("permission_denied", `network access to '${url}' is not allowed by host policy`, {
    data: { url, allowed: policy.allowed },
  });
}

function failure(
  url: string,
  error: unknown,
  stopped: "aborted" | "timeout" | undefined,
  timeoutMs: number,
): LuaSkillsError {
  if (error instanceof LuaSkillsError && error.code !== "aborted") return error;
  if (stopped === "timeout") {
    return new LuaSkillsError("deadline_exceeded", `Failed to download ${url}: no answer within ${timeoutMs} ms`, {
      data: { url, timeoutMs },
      cause: error,
    });
  }
  if (stopped === "aborted") return LuaSkillsError.from(error, "aborted");
  const reason = error instanceof Error ? error.message : String(error);
  // Browsers say only "Failed to fetch" for a dead server and for a missing CORS header alike.
  const hint = error instanceof TypeError ? " (the server is unreachable, or does not allow this origin: CORS)" : "";
  return new LuaSkillsError("network_error", `Failed to download ${url}: ${reason}${hint}`, {
    data: { url },
    cause: error,
  });
}

interface Stop {
  readonly signal: AbortSignal;
  readonly stopped: Promise<never>;
  reason(): "aborted" | "timeout" | undefined;
  end(): void;
}

/** `AbortSignal.any` and `.timeout` in one, for the browsers that lack them; it leaves no timer and no listener behind. */
function stopSignal(outer: AbortSignal | undefined, timeoutMs: number): Stop {
  const inner = new AbortController();
  forRequest(inner.signal, outer);
  let why: "aborted" | "timeout" | undefined;
  const onAbort = (): void => {
    why ??= "aborted";
    inner.abort(outer?.reason);
  };
  const timer = setTimeout(() => {
    why ??= "timeout";
    inner.abort(new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError"));
  }, timeoutMs);
  const stopped = new Promise<never>((_, reject) => {
    inner.signal.addEventListener("abort", () => reject(inner.signal.reason), { once: true });
  });
  stopped.catch(() => undefined);
  if (outer?.aborted === true) onAbort();
  else outer?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: inner.signal,
    stopped,
    reason: () => why,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
    },
  };
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
