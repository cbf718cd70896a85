/**
 * What `socket` and `lcurl` need of the host: the clock, a wait, and requests through the gate to the network.
 * @module
 */
import { sleep } from "../../../base/sleep.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { HostFunctions, LuaReader, LuaValue } from "../../../lua/interface.ts";
import type { HostServices } from "../../services.ts";
import { statusText } from "./status-text.ts";

interface LuaRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly timeout?: number;
  readonly follow?: boolean;
}

/** `skill`: empty for code without one. */
export function networkNotGranted(url: string, skill: string): LuaSkillsError {
  return new LuaSkillsError(
    "permission_denied",
    `the network is not granted to ${skill === "" ? "this code" : `the skill ${skill}`}: ${url}. The host grants it with ` +
      `createRuntime({ network: { ${JSON.stringify(skill === "" ? "*" : skill)}: ["https://host/"] } })`,
    { data: { url, skill } },
  );
}

export function httpFunctions({ clock, network, subjectOf }: HostServices): HostFunctions {
  return {
    /** seconds since 1970 */
    now: () => clock.now() / 1000,
    sleep: {
      waits: async (args, { signal }) => {
        const seconds = args.number(1);
        if (seconds > 0) await sleep(seconds * 1000, signal);
        return undefined;
      },
    },
    /** { url, method, headers, body, timeout, follow } → { status, line, headers, url, body } or { error, code } */
    request: {
      waits: async (args, { vm, signal }) => {
        const { request, body } = requestOf(args);
        try {
          if (network === undefined) throw networkNotGranted(request.url, subjectOf?.(vm) ?? "");
          const answer = await network.request(vm, {
            url: request.url,
            method: request.method ?? "GET",
            headers: textHeaders(request.headers),
            ...(body === undefined ? {} : { body }),
            ...(request.timeout === undefined || request.timeout <= 0 ? {} : { timeoutMs: request.timeout * 1000 }),
            redirect: request.follow === false ? "manual" : "follow",
            signal,
          });
          return {
            status: answer.status,
            line: `HTTP/1.1 ${answer.status} ${statusText(answer.status)}`.trimEnd(),
            headers: answer.headers,
            url: answer.url ?? request.url,
            body: answer.body,
          };
        } catch (error) {
          return failure(error);
        }
      },
    },
  };
}

/** Bodies are bytes: read apart from the rest, which is text. */
function requestOf(args: LuaReader): { request: LuaRequest; body: Uint8Array | undefined } {
  const { body, ...request } = args.value(1) as unknown as LuaRequest & { body?: string | Uint8Array };
  return { request, body: typeof body === "string" ? new TextEncoder().encode(body) : body };
}

function textHeaders(headers: LuaRequest["headers"] = {}): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    out[name] = value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : String(value);
  }
  return out;
}

/** What ends the run ends it; the rest is an answer. */
function failure(error: unknown): LuaValue {
  if (!(error instanceof LuaSkillsError) || error.code === "aborted") throw error;
  return { error: error.message, code: error.code };
}
