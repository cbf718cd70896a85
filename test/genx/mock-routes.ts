import { readFileSync } from "node:fs";
import path from "node:path";
import type { Json } from "../../src/contract/contract.ts";
import type { GenxHttpAnswer, GenxHttpRequest } from "../../src/genx/builtin/services.ts";

/** An answer of the mock network. Bodies are data, or the name of a fixture. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly bodyFile?: string;
  /** The request's body has to be this. */
  readonly matchBody?: Json;
}

export interface MockNetwork {
  /** `METHOD path?query`, with the token and the body there was. */
  readonly requests: { readonly line: string; readonly token?: string; readonly body?: Json }[];
  fetch(request: GenxHttpRequest): Promise<GenxHttpAnswer>;
}

export const fixture = (name: string): Json =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, "fixtures", name), "utf8")) as Json;

/** A network of routes; what has no route fails the test that asked for it. */
export function mockNetwork(routes: readonly Route[]): MockNetwork {
  const requests: MockNetwork["requests"] = [];
  return {
    requests,
    async fetch({ url, method, headers, body }) {
      const { pathname, searchParams } = new URL(url);
      const query = Object.fromEntries(searchParams);
      const given = body && body.length > 0 ? (JSON.parse(new TextDecoder().decode(body)) as Json) : undefined;
      const token = headers.Authorization?.replace(/^Bearer /, "");
      const line = `${method} ${pathname}${searchParams.size > 0 ? `?${searchParams}` : ""}`;
      requests.push({
        line,
        ...(token === undefined ? {} : { token }),
        ...(given === undefined ? {} : { body: given }),
      });
      const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
      const route = routes.find(
        (each) =>
          each.method === method &&
          each.path === decodeURIComponent(pathname) &&
          (each.query === undefined || same(each.query, query)) &&
          (each.matchBody === undefined || same(each.matchBody, given)),
      );
      if (route === undefined) throw new Error(`no route for ${line}`);
      const content = route.bodyFile === undefined ? route.body : fixture(route.bodyFile);
      const bytes = new TextEncoder().encode(content === undefined ? "" : JSON.stringify(content));
      return { status: route.status ?? 200, headers: route.headers ?? {}, body: bytes };
    },
  };
}
