/** Two modules of a host, with everything a module may have. */
import { arg, defineModule, defineType, fn, immutable, luaError, results, t } from "../../src/modules/index.ts";

export const greeter = defineModule({
  name: "mymodule",
  description: "My custom module",
  class: ["deterministic"],
  constants: { LIMITS: { low: 1 }, ORDER: ["a", "b", "c"] },
  functions: {
    hello: fn({ returns: [t.string], run: () => "Hello, World!" }),
    greet: fn({
      params: [arg.string("name"), arg.string("greeting").opt("Hello")],
      returns: [t.string],
      run: (_call, name, greeting) => `${greeting}, ${name}!`,
    }),
  },
});

class Counter {
  disposed = 0;
  constructor(readonly id: number) {}
}
/** What happened to things, in order. */
export const log: string[] = [];
const CounterType = defineType("things.Counter", {
  of: Counter,
  methods: {
    id: fn({ returns: [t.integer], run: (_call, self: Counter) => self.id }),
    later: fn({
      returns: [t.integer, t.optional(t.luaError)],
      run: async (call, self: Counter) => Number(await call.command("things.later", { id: self.id })),
    }),
  },
  metamethods: {
    __eq: (_call, a, b: unknown) => b instanceof Counter && a.id === b.id,
    __lt: (_call, a, b: unknown) => b instanceof Counter && a.id < b.id,
    __add: (_call, a, b: unknown) =>
      new Counter(Number(a instanceof Counter ? a.id : a) + Number(b instanceof Counter ? b.id : b)),
    __index: (_call, self, key: unknown) => (key === "double" ? self.id * 2 : undefined),
    __len: (_call, self) => self.id,
  },
  dispose: (self) => void log.push(`dispose ${self.id}`),
});
/** Yields that were released. */
export const yields = { released: 0 };
export const things = defineModule({
  name: "things",
  description: "Things",
  class: ["io"],
  types: [CounterType],
  functions: {
    counter: fn({ params: [arg.int("id")], returns: [CounterType], run: (_call, id) => new Counter(id) }),
    both: fn({
      params: [arg.type(CounterType, "a"), arg.type(CounterType, "b").opt()],
      returns: [t.integer],
      run: (_call, a, b) => a.id + (b?.id ?? 0),
    }),
    list: fn({
      params: [arg.any("value")],
      returns: [t.any],
      run: (_call, value) => ({ got: value, made: [new Counter(8), new Counter(9)] }),
    }),
    rest: fn({
      params: [arg.string("first"), arg.rest(arg.number("more"))],
      returns: [t.number],
      run: (_call, _first, ...more) => more.reduce((a, b) => a + b, 0),
    }),
    record: fn({
      params: [arg.record({ ttl: arg.number().opt(5), name: arg.string() }, "options")],
      returns: [t.any],
      run: (_call, options) => results(options.ttl, options.name),
    }),
    echo: fn({ params: [arg.any("value")], returns: [t.any], run: (_call, value) => value }),
    fails: fn({
      returns: [t.any, t.optional(t.luaError)],
      run: () => {
        throw luaError("no", { kind: "RateLimited", retryable: true, details: { after: 5 } });
      },
    }),
    crashes: fn({
      returns: [t.any, t.optional(t.luaError)],
      run: () => {
        throw new TypeError("a bug");
      },
    }),
    frozen: fn({ returns: [t.any], run: () => immutable({ a: { b: 1 } }, "frozen") }),
    wait: fn({
      params: [arg.string("what")],
      returns: [t.string, t.optional(t.luaError)],
      run: async (call, what) => String(await call.command("things.wait", { what })),
    }),
    hangs: fn({
      returns: [t.any, t.optional(t.luaError)],
      run: (call) =>
        new Promise((_, reject) => {
          call.signal.addEventListener("abort", () => {
            log.push("aborted");
            reject(call.signal.reason);
          });
          log.push("waiting");
        }),
      waits: true,
    }),
    map: fn({
      params: [arg.func("f")],
      returns: [t.any, t.optional(t.luaError)],
      run: async (call, f) => (await call.invoke(f, 1))[0],
    }),
    fetch: fn({
      params: [arg.string("url")],
      returns: [t.string, t.optional(t.luaError)],
      waits: true,
      run: (call, url) =>
        call.yield({
          commandId: 300,
          toCommand: () => ({ url }),
          handleResult: (_call, data, error) => {
            if (error) throw error;
            const { body } = data as { body?: string };
            if (body === undefined) throw new Error("invalid response type");
            return body;
          },
          release: () => void yields.released++,
          toString: () => "<fetch_yield>",
        }),
    }),
  },
});
