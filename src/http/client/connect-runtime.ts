import { superviseRuntime } from "../../client/supervise.ts";
import type { Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Limits, resolveLimits } from "../../limits.ts";
import { HttpLink, type RemoteOptions } from "./http-link.ts";

export interface ConnectOptions extends RemoteOptions {
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}

/**
 * A runtime whose engine runs behind HTTP: a Durable Object, a Deno or Node server. Same contract as `createRuntime`;
 * host callbacks are given to the server, not here. Closing it leaves the engine running.
 *
 * @example
 * const runtime = await connectRuntime("https://skills.example.com/agent-7", { headers: { authorization: "Bearer …" } });
 *
 * @throws LuaSkillsError `network_error` | `protocol_error` | `permission_denied` | `invalid_argument` | `aborted`
 */
export async function connectRuntime(url: string | URL, options: ConnectOptions = {}): Promise<Runtime> {
  const { limits, signal, ...remote } = options;
  const base = String(url).replace(/\/+$/, "");
  if (!/^https?:\/\//.test(base)) {
    throw new LuaSkillsError("invalid_argument", `connectRuntime needs an http(s) URL, got ${base}`);
  }
  const { handshakeMs: startMs } = resolveLimits(limits);
  const { runtime } = await superviseRuntime({ limits, signal }, {}, () => new HttpLink(base, remote, startMs));
  return runtime;
}
