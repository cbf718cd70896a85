/**
 * The platform's `fetch` with a size cap that stops the stream, and redirects held against a policy.
 * @module
 */
import { concatBytes } from "../base/bytes/concat-bytes.ts";
import { LuaSkillsError } from "../errors.ts";
import type { FetchAnswer, FetchRequest } from "./interface.ts";
import { tooLarge } from "./size-error.ts";

interface Rules {
  readonly maxBytes: number;
  /** Throws when what the platform followed ended where it must not; left out, it may follow everything. */
  readonly checkEnd?: ((target: string) => void) | undefined;
  /** The request carries what only its first address may hear. */
  readonly carriesSecrets?: boolean;
  readonly onProgress?: FetchRequest["onProgress"];
  readonly redirect?: FetchRequest["redirect"];
}

interface Init {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

const pieceBytes = 64 * 1024;

export async function platformFetch(url: string, init: Init, rules: Rules): Promise<FetchAnswer> {
  const response = await followed(url, init, rules);
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    // Only set-cookie comes more than once.
    const before = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = before === undefined ? value : `${before}, ${value}`;
  });
  const body = await readBody(url, response, rules);
  return { status: response.status, headers, body, ...(response.url === "" ? {} : { url: response.url }) };
}

async function followed(url: string, init: Init, rules: Rules): Promise<Response> {
  // No cookies, no referrer: a skill's download is not the user's visit.
  const base: RequestInit = { ...init, body: init.body?.slice(), credentials: "omit", referrerPolicy: "no-referrer" };
  if (rules.redirect === "manual") return unfollowed(url, base);
  if (!rules.checkEnd && !rules.carriesSecrets) return fetch(url, base);
  const response = await fetch(url, { ...base, redirect: "manual" });
  if (response.type !== "opaqueredirect") return response;
  if (rules.carriesSecrets) {
    throw new LuaSkillsError(
      "permission_denied",
      `${url} redirects, and a browser does not show where to: a request with a secret is not sent on`,
    );
  }
  // Browsers hide where a redirect leads. It is followed without its body being handed out, and judged by its end.
  const end = await fetch(url, { ...base, redirect: "follow" });
  try {
    rules.checkEnd?.(end.url);
  } catch (error) {
    await end.body?.cancel();
    throw error;
  }
  return end;
}

async function unfollowed(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: "manual" });
  if (response.type !== "opaqueredirect") return response;
  throw new LuaSkillsError(
    "network_error",
    `${url} redirects, and a browser does not show where to; ask for redirects to be followed`,
  );
}

async function readBody(url: string, response: Response, rules: Rules): Promise<Uint8Array> {
  const declared = Number(response.headers.get("content-length") ?? Number.NaN);
  // With a content encoding the header counts other bytes than the ones that arrive.
  const total = Number.isFinite(declared) && !response.headers.has("content-encoding") ? declared : null;
  if (total !== null && total > rules.maxBytes) {
    await response.body?.cancel();
    throw tooLarge(url, total, rules.maxBytes);
  }
  if (!response.body) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let reported = 0;
  // A reader instead of `for await`: WebKit's streams have no async iterator.
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > rules.maxBytes) {
      await reader.cancel();
      throw tooLarge(url, size, rules.maxBytes);
    }
    chunks.push(value);
    while (rules.onProgress && reported < size) {
      reported = Math.min(size, reported + pieceBytes);
      rules.onProgress(reported, total);
    }
  }
  return concatBytes(chunks);
}
