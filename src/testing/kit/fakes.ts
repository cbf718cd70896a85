/**
 * What a test lends instead of the world: a network of routes, host tools, models, handlers of commands. Each remembers
 * what it was asked.
 * @module
 */
import type { HostCallbacks, Json, JsonObject } from "../../contract/contract.ts";
import type { CommandContext, CommandGroup } from "../../modules/dispatcher.ts";

export interface MockRoute {
  /** Default: any. */
  readonly method?: string;
  /** The whole address, or a pattern for it. */
  readonly url: string | RegExp;
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly json?: unknown;
  readonly body?: Uint8Array;
}

export interface NetworkRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export interface MockTransport {
  readonly fetch: NonNullable<HostCallbacks["fetch"]>;
  readonly requests: readonly NetworkRequest[];
  /** Requests without a route. `TestScheduler.stop` and `assertMatched` fail with them. */
  readonly unmatched: readonly string[];
  /** @throws Error naming the requests no route answered */
  assertMatched(): void;
}

/** A network of routes; the first that fits answers. A request without a route fails, and the test with it. */
export function mockTransport(routes: readonly MockRoute[]): MockTransport {
  const requests: NetworkRequest[] = [];
  const unmatched: string[] = [];
  return {
    requests,
    unmatched,
    assertMatched() {
      if (unmatched.length > 0) throw new Error(`requests without a route: ${unmatched.join(", ")}`);
    },
    async fetch(url, { method, headers, body }) {
      requests.push({ method, url, headers, body });
      const route = routes.find(
        (each) =>
          (each.method === undefined || each.method.toUpperCase() === method.toUpperCase()) &&
          (typeof each.url === "string" ? each.url === url : each.url.test(url)),
      );
      if (!route) {
        unmatched.push(`${method} ${url}`);
        throw new TypeError(`network failure: no route answers ${method} ${url}`);
      }
      const text = route.json === undefined ? (route.text ?? "") : JSON.stringify(route.json);
      return {
        status: route.status ?? 200,
        headers: { ...(route.json === undefined ? {} : { "content-type": "application/json" }), ...route.headers },
        body: route.body ?? new TextEncoder().encode(text),
      };
    },
  };
}

export interface MockHandler extends CommandGroup {
  /** The payloads it was called with. */
  readonly calls: readonly unknown[];
}

/** Answers one command, by name or number, and records its calls. */
export function mockHandler(
  command: string | number,
  answer: (payload: never, context: CommandContext) => unknown,
): MockHandler {
  const calls: unknown[] = [];
  return {
    name: `mock ${command}`,
    calls,
    handlers: new Map([
      [
        command,
        (payload: never, context: CommandContext) => {
          calls.push(payload);
          return answer(payload, context) as never;
        },
      ],
    ]),
  };
}

/** Host tools by name; `calls` tells what skills asked. */
export function fakeHostTools(tools: Readonly<Record<string, (args: JsonObject) => Json>>): {
  readonly hostTools: Readonly<Record<string, (args: JsonObject) => Json>>;
  readonly calls: ReadonlyArray<readonly [name: string, args: JsonObject]>;
} {
  const calls: Array<readonly [string, JsonObject]> = [];
  const hostTools = Object.fromEntries(
    Object.entries(tools).map(([name, tool]) => [
      name,
      (args: JsonObject) => {
        calls.push([name, args]);
        return tool(args);
      },
    ]),
  );
  return { hostTools, calls };
}

/** Models that answer what the test says: `llm` a text or a function of the prompt, `embed` a vector or a function. */
export function fakeModels(answers: {
  readonly llm?: string | ((prompt: { readonly system: string; readonly user: string }) => string);
  readonly embed?: readonly number[] | ((text: string) => readonly number[]);
}): Pick<HostCallbacks, "llm" | "embed"> & { readonly prompts: readonly string[] } {
  const prompts: string[] = [];
  const { llm, embed } = answers;
  return {
    prompts,
    ...(llm === undefined
      ? {}
      : {
          llm: ({ system, user }) => {
            prompts.push(user);
            return { assistant: typeof llm === "string" ? llm : llm({ system, user }) };
          },
        }),
    ...(embed === undefined
      ? {}
      : { embed: ({ text }) => ({ vector: [...(typeof embed === "function" ? embed(text) : embed)] }) }),
  };
}
