import { sleep } from "../../base/sleep.ts";
import { LuaSkillsError } from "../../errors.ts";

export interface RetryOptions {
  readonly fetch?: typeof fetch;
  /** Further attempts after 408, 409, 429, 5xx and failures of the network. Default 2. */
  readonly retries?: number;
  /** Milliseconds before the first further attempt; doubled each time. Default 500. */
  readonly retryMs?: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; a longer one is an answer. Default 60,000. */
  readonly maxRetryAfterMs?: number;
}

const retried = new Set([408, 409, 429, 500, 502, 503, 504]);

/** `fetch`, again where that may help. @throws LuaSkillsError `network_error`; what the signal says when it fires */
export async function fetchWithRetries(url: string, init: RequestInit, options: RetryOptions): Promise<Response> {
  const { retries = 2, retryMs = 500, maxRetryAfterMs = 60_000 } = options;
  // Called as a plain function: a browser's fetch refuses another receiver.
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  const signal = init.signal ?? undefined;
  for (let attempt = 0; ; attempt++) {
    let response: Response | undefined;
    let failure: unknown;
    try {
      response = await send(url, init);
    } catch (error) {
      signal?.throwIfAborted();
      failure = error;
    }
    const wait = response === undefined ? undefined : retryAfterMs(response.headers.get("retry-after"));
    const again = response === undefined || (retried.has(response.status) && (wait ?? 0) <= maxRetryAfterMs);
    if (!again || attempt >= retries) {
      if (response) return response;
      throw new LuaSkillsError(
        "network_error",
        `the model's endpoint cannot be reached: ${(failure as Error).message}`,
        {
          cause: failure,
        },
      );
    }
    await response?.body?.cancel();
    await sleep(wait ?? retryMs * 2 ** attempt, signal);
  }
}

/** Seconds or a date. */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
