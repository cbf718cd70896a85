import type { BashOptions } from "just-bash/browser";
import { policedFetch } from "../../net/fetch.ts";
import type { ShellNetwork } from "./interface.ts";

type SecureFetch = NonNullable<BashOptions["fetch"]>;

/** The shell's network: our own allow-list and size limit, whatever the command line says. */
export function shellFetch({ allowed, limits, outlet }: ShellNetwork, signal: AbortSignal): SecureFetch {
  return async (url, options = {}) => {
    const { method, headers, body, timeoutMs } = options;
    const policy = { allowNetwork: true, allowed, limits, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const answer = await policedFetch(
      url,
      policy,
      {
        ...(method === undefined ? {} : { method }),
        headers: Object.fromEntries(new Headers(headers)),
        ...(body === undefined ? {} : { body: typeof body === "string" ? new TextEncoder().encode(body) : body }),
        signal,
      },
      outlet,
    );
    return { status: answer.status, statusText: "", headers: { ...answer.headers }, body: answer.body, url };
  };
}
