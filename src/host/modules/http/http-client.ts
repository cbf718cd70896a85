/**
 * The module `http_client`: requests over the one network gate, each decided by the policies of the run.
 * @module
 */

import { LuaSkillsError } from "../../../errors.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import { policedFetch } from "../../../net/fetch.ts";
import { isPrivateHost } from "../../../net/private-host.ts";
import type { HeldBytes } from "../held-bytes.ts";
import type { BuiltInModule } from "../services.ts";
import { ByteStream, MemoryBytes } from "../stream/byte-stream.ts";
import { scannerType, streamType } from "../stream/stream-type.ts";
import { encodeComponent, type PreparedRequest, prepareRequest } from "./request.ts";

/** A body that is read piece by piece. */
class BodyStream extends ByteStream {
  constructor(body: Uint8Array, held: HeldBytes) {
    super(new MemoryBytes(body, held), { readable: true, writable: false });
  }
}

interface Wire {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  readonly timeoutMs: number | null;
  readonly maxBytes: number | null;
}

export const httpClientModule: BuiltInModule = (kit, { heldBy, host, limits }) => {
  const { arg, defineModule, fn, luaError, results, t } = kit;
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const ScannerType = scannerType(kit);
  const StreamType = streamType(kit, "http_client.Stream", BodyStream, ScannerType);

  const permitted = (call: Call, url: string): void => {
    let parsed: URL;
    try {
      parsed = new URL(url);
    } catch {
      throw invalid(`invalid URL: ${url}`);
    }
    call.require("http_client.request", url, undefined, `not allowed: ${url}`);
    if (isPrivateHost(parsed.hostname)) {
      call.require("http_client.private_ip", parsed.hostname, undefined, `not allowed: private IP ${parsed.hostname}`);
    }
  };

  const prepared = (call: Call, method: string, url: string, options: LuaValue): PreparedRequest => {
    let request: PreparedRequest;
    try {
      request = prepareRequest(method, url, options);
    } catch (cause) {
      throw invalid((cause as Error).message);
    }
    permitted(call, request.url);
    return request;
  };

  const send = async (call: Call, request: PreparedRequest): Promise<object> => {
    let end = request.url;
    const { url, method, headers, body, timeoutMs, maxBytes } = request;
    const wire: Wire = {
      url,
      method,
      headers,
      body: body ?? null,
      timeoutMs: timeoutMs ?? null,
      maxBytes: maxBytes ?? null,
    };
    // A command, so that a workflow records it and tests answer it.
    const answer = (await call.command("http.request", {
      ...wire,
      [check]: (target: string) => {
        end = target;
        permitted(call, target);
      },
    })) as unknown as Answer;
    const bytes = answer.body ?? new Uint8Array(0);
    return {
      status_code: answer.status,
      url: answer.url ?? end,
      body: request.stream ? undefined : bytes,
      body_size: request.stream ? -1 : bytes.length,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          canonical(name),
          name === "set-cookie" ? (cookieLines(value)[0] ?? "") : value,
        ]),
      ),
      cookies: cookiesOf(answer.headers),
      ...(request.stream ? { stream: new BodyStream(bytes, heldBy(call)) } : {}),
    };
  };

  const returns = [t.any, t.optional(t.luaError)];
  const options = arg.table("options").opt();
  const verb = (method: string) =>
    fn({
      params: [arg.string("url"), options],
      returns,
      run: async (call, url, given) => send(call, prepared(call, method, url, given)),
    });

  return defineModule({
    name: "http_client",
    description: "HTTP requests",
    class: ["network", "io", "nondeterministic"],
    permissions: ["http_client.request", "http_client.private_ip"],
    types: [StreamType, ScannerType],
    commands: {
      "http.request": async (payload: Wire & { readonly [check]?: (url: string) => void }, { signal }) => {
        const { url, method, headers, body, timeoutMs, maxBytes } = payload;
        const permit = payload[check];
        let refusal: unknown;
        const permits = (target: string): boolean => {
          if (target === url || !permit) return true;
          try {
            permit(target);
            return true;
          } catch (thrown) {
            refusal = thrown;
            return false;
          }
        };
        const answer = await policedFetch(
          url,
          {
            allowNetwork: true,
            permits,
            permitsPrivate: true,
            ...(timeoutMs === null ? {} : { timeoutMs }),
            limits: { downloadBytes: Math.min(limits.downloadBytes, maxBytes ?? Number.POSITIVE_INFINITY) },
          },
          { method, headers, signal, ...(body === null ? {} : { body }) },
          host.outlet,
        ).catch((thrown: unknown) => {
          throw refusal ?? tooLong(thrown, maxBytes) ?? unreachable(thrown);
        });
        return { status: answer.status, headers: answer.headers, body: answer.body };
      },
    },
    functions: {
      get: verb("GET"),
      post: verb("POST"),
      put: verb("PUT"),
      patch: verb("PATCH"),
      delete: verb("DELETE"),
      head: verb("HEAD"),
      request: fn({
        params: [arg.string("method"), arg.string("url"), options],
        returns,
        run: async (call, method, url, given) => send(call, prepared(call, method, url, given)),
      }),
      request_batch: fn({
        params: [arg.table("requests")],
        returns: [t.any, t.optional(t.any)],
        run: async (call, list) => {
          if (!Array.isArray(list)) throw invalid("request_batch: a list of requests is expected");
          const all = list.map((each) => {
            const [method, url, given] = Array.isArray(each) ? each : [];
            if (typeof method !== "string" || typeof url !== "string")
              throw invalid("request_batch: a request is { method, url, options? }");
            try {
              const request = prepared(call, method, url, given);
              if (request.stream) throw invalid("streaming not supported in batch requests");
              return request;
            } catch (error) {
              return error as Error;
            }
          });
          if (
            all.some((each) => each instanceof Error && each.message === "streaming not supported in batch requests")
          ) {
            throw invalid("streaming not supported in batch requests");
          }
          const outcomes = await Promise.all(
            all.map((each) =>
              each instanceof Error ? each : send(call, each).catch((error: unknown) => error as Error),
            ),
          );
          // Positions are kept: where one list has something the other has nil.
          return results(
            outcomes.map((each) => (each instanceof Error ? null : each)),
            outcomes.some((each) => each instanceof Error)
              ? outcomes.map((each) => (each instanceof Error ? failureOf(each) : null))
              : undefined,
          );
        },
      }),
      encode_uri: fn({
        params: [arg.string("text")],
        returns: [t.string],
        run: (_call, text) => encodeComponent(text),
      }),
      decode_uri: fn({
        params: [arg.string("text")],
        returns: [t.string, t.optional(t.luaError)],
        run: (_call, text) => {
          try {
            return decodeURIComponent(text.replaceAll("+", "%20"));
          } catch {
            throw invalid(`invalid URL escape in ${JSON.stringify(text)}`);
          }
        },
      }),
    },
  });

  /** A `fetch` of the host says what it likes; that it failed means that there was no answer. */
  function unreachable(thrown: unknown): unknown {
    if (!(thrown instanceof Error) || (thrown as { code?: unknown }).code !== "internal") return thrown;
    return luaError(thrown.message, { kind: "Unavailable", retryable: true, cause: thrown });
  }

  /** What the request itself has set passes no second time. */
  function tooLong(thrown: unknown, maxBytes: number | null): unknown {
    if (maxBytes === null || maxBytes > limits.downloadBytes || !(thrown instanceof LuaSkillsError)) return undefined;
    if (thrown.data.limit !== maxBytes) return undefined;
    const message = `the response has more bytes than max_response_body = ${maxBytes}`;
    return luaError(message, { kind: "Internal", retryable: false, cause: thrown });
  }

  function failureOf(error: Error): object {
    return "kind" in error ? error : luaError(error.message, { kind: "Unavailable", retryable: true });
  }
};

/** Does not cross to a record or to a page: a symbol is no data. */
const check = Symbol("check");

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly url?: string;
}

/** `content-type` → `Content-Type`. */
const canonical = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, before, letter) => before + letter.toUpperCase());

/** `Set-Cookie` as often as it was sent; a date has a comma, too. */
const cookieLines = (joined: string): string[] => joined.split(/,\s*(?=[^;,=\s]+=)/);

function cookiesOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const set = headers["set-cookie"];
  if (set === undefined) return {};
  return Object.fromEntries(
    cookieLines(set).map((each) => {
      const [pair = ""] = each.split(";");
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}
