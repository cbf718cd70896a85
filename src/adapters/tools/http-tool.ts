/**
 * HTTP for skills, to the addresses of a list and nowhere else.
 * @module
 */
import { encodeBase64 } from "../../base/bytes/base64.ts";
import type { HostTools, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { defaultLimits } from "../../limits.ts";
import { policedFetch } from "../../net/fetch.ts";
import type { HttpFetch } from "../../net/interface.ts";
import { hostTool } from "./host-tool.ts";

export interface HttpToolOptions {
  /** URL prefixes that may be reached, `https://api.example.com/v1`. Redirects are held against them, too. */
  readonly allow: readonly string[];
  /** Default `["GET", "HEAD"]`. */
  readonly methods?: readonly string[];
  /** Sent with every request and not to be changed by a skill: a key it never sees. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of an answer. Default limits.downloadBytes. */
  readonly maxBytes?: number;
  /** Milliseconds of a request. Default 60,000. */
  readonly timeoutMs?: number;
  /** Default: the platform's. */
  readonly fetch?: HttpFetch;
}

interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, or a table that is sent as JSON. */
  readonly body?: unknown;
}

const schema = {
  type: "object",
  properties: {
    url: { type: "string" },
    method: { type: "string" },
    headers: { type: "object", additionalProperties: { type: "string" } },
    body: {},
  },
  required: ["url"],
  additionalProperties: false,
};

/**
 * A host tool: `vulcan.host.call("http", { url, method?, headers?, body? })` answers `{ ok = true, value = { status, headers, body } }`;
 * `json` beside `body` when the answer is JSON, `bytes` (base64) instead of it when it is no text. An address that is not allowed, and
 * a request that failed, answer `{ ok = false, error = { code, message } }`.
 *
 * @example
 * createRuntime({ hostTools: { http: httpTool({ allow: ["https://api.example.com/"] }) } });
 *
 * @throws LuaSkillsError `invalid_argument` for a list that names no http or https addresses
 */
export function httpTool(options: HttpToolOptions): HostTools[string] {
  const { allow, methods = ["GET", "HEAD"] } = options ?? {};
  const isList = Array.isArray(allow) && allow.length > 0;
  const wrong = isList ? allow.find((prefix) => !/^https?:\/\/[^/]/.test(prefix)) : undefined;
  if (wrong !== undefined || !isList) {
    throw new LuaSkillsError(
      "invalid_argument",
      `httpTool({ allow }) takes a list of http or https addresses, got ${JSON.stringify(wrong ?? allow)}`,
    );
  }
  const allowedMethods = new Set(methods.map((method) => method.toUpperCase()));
  return hostTool<HttpRequest>(
    async ({ url, method = "GET", headers = {}, body }, { signal }) => {
      const verb = method.toUpperCase();
      if (!allowedMethods.has(verb)) {
        throw new LuaSkillsError(
          "permission_denied",
          `the method ${verb} is not allowed; allowed: ${[...allowedMethods].join(", ")}`,
        );
      }
      const policy = {
        allowNetwork: true,
        allowed: allow,
        limits: { downloadBytes: options.maxBytes ?? defaultLimits.downloadBytes },
        ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      };
      const isTable = typeof body === "object" && body !== null;
      const sent = body === undefined || body === null ? undefined : isTable ? JSON.stringify(body) : String(body);
      const answer = await policedFetch(
        url,
        policy,
        {
          method: verb,
          signal,
          headers: merged(isTable ? { "content-type": "application/json" } : {}, headers, options.headers ?? {}),
          ...(sent === undefined ? {} : { body: new TextEncoder().encode(sent) }),
        },
        options.fetch === undefined ? {} : { fetch: options.fetch },
      );
      return answerOf(answer);
    },
    { schema },
  );
}

/** Later ones win, whatever the case of their names. */
function merged(...all: ReadonlyArray<Readonly<Record<string, string>>>): Record<string, string> {
  return Object.fromEntries(all.flatMap((headers) => Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v])));
}

function answerOf({ status, headers, body }: Awaited<ReturnType<typeof policedFetch>>): JsonObject {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    // No text: as it is.
    return { ok: true, value: { status, headers: { ...headers }, bytes: encodeBase64(body) } };
  }
  const value: JsonObject = { status, headers: { ...headers }, body: text };
  if (/[/+]json\b/.test(headers["content-type"] ?? "")) {
    try {
      value.json = JSON.parse(text);
    } catch {
      // What calls itself JSON and is none has its text.
    }
  }
  return { ok: true, value };
}
