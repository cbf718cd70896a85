import type { HostCallbacks } from "../../src/contract/contract.ts";
import { fromBase64 } from "./base64.ts";
import type { HttpStub } from "./case-format.ts";

/** A network of recorded answers, keyed `METHOD url`; anything else is a network failure. */
export function httpStub(answers: Readonly<Record<string, HttpStub>>): NonNullable<HostCallbacks["fetch"]> {
  return async (url, init) => {
    const method = init.method.toUpperCase();
    const key = `${method} ${url}`;
    const stub = Object.hasOwn(answers, key) ? answers[key] : undefined;
    if (!stub) throw new TypeError(`network failure: no answer is stubbed for ${key}`);
    if (stub.$echo) {
      const headers = Object.fromEntries(Object.entries(init.headers).map(([k, v]) => [k.toLowerCase(), v]));
      const body = init.body === undefined || init.body.length === 0 ? null : new TextDecoder().decode(init.body);
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: new TextEncoder().encode(JSON.stringify({ method, url, headers, body })),
      };
    }
    const body = stub.base64 === undefined ? new TextEncoder().encode(stub.text ?? "") : fromBase64(stub.base64);
    return { status: stub.status ?? 200, headers: { ...stub.headers }, body };
  };
}
