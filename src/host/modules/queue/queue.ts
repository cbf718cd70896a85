/**
 * The module `queue`: messages for whoever takes them, in the memory of the runtime or in a broker of the host's own, which
 * answers the commands `queue.publish`, `queue.info`, `queue.ack` and `queue.nack`:
 * `moduleOptions: { queue: { "app:tasks": { kind: "memory", capacity: 1000, bytes: 1e6 }, "app:mail": { kind: "command" } } }`.
 * @module
 */
import { isObject } from "../../../base/is-object.ts";
import { keptBytes, keptCopy } from "../../../base/values/kept-copy.ts";
import { members } from "../../../base/values/members.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import { stopSignal } from "../../../net/stop-signal.ts";
import { resourcesOf } from "../module-options.ts";
import type { BuiltInModule } from "../services.ts";
import { parseDuration } from "../time/duration.ts";
import { MemoryQueue } from "./memory-queue.ts";

type Headers = Readonly<Record<string, LuaValue>>;

/** A message somebody works on, and what settles it. */
class Delivery {
  isSettled = false;
  constructor(
    readonly id: string,
    readonly headers: Headers,
    readonly payload: LuaValue,
    readonly deliveries: number,
    readonly settle: (call: Call | undefined, verb: "ack" | "nack") => unknown,
  ) {}
}

const defaultCapacity = 10_000;
const defaultBytes = 32 * 2 ** 20;
/** Where a host that hands a message to a skill says which: `ctx: { "queue.message": { id, headers } }`. */
const deliveryKey = "queue.message";

export const queueModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }, { options }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const queues = resourcesOf(options, "queue", ["kind", "capacity", "bytes"], (each): MemoryQueue | "command" => {
    const { kind = "memory", capacity = defaultCapacity, bytes = defaultBytes } = each.all();
    const count = (name: string, value: unknown): number => {
      if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
      throw each.refused(`${name} must be a whole number above 0`);
    };
    if (kind === "command") return kind;
    if (kind !== "memory") throw each.refused('kind must be "memory" or "command"');
    return new MemoryQueue(count("capacity", capacity), count("bytes", bytes));
  });
  const queueOf = (id: string): MemoryQueue | "command" => {
    if (id === "") throw invalid("queue: the id is empty");
    const found = queues.get(id);
    if (!found) throw luaError(`queue not found: ${id}`, { kind: "NotFound", retryable: false });
    return found;
  };
  const headersOf = (given: unknown): Headers => {
    if (given === undefined || given === null || (Array.isArray(given) && given.length === 0)) return {};
    if (!isObject(given)) throw invalid("queue: headers must be a table of texts, numbers and booleans by name");
    for (const [name, value] of members(given))
      if (typeof value === "object") throw invalid(`queue: the header "${name}" must be a text, a number or a boolean`);
    return given as Headers;
  };
  const isEmpty = (data: unknown): boolean =>
    data === undefined || data === null || data === "" || (typeof data === "object" && Object.keys(data).length === 0);

  const settled = (verb: "ack" | "nack") =>
    fn({
      returns: [t.boolean, t.optional(t.luaError)],
      run: async (call, self: Delivery) => {
        if (self.isSettled) throw invalid(`the message ${self.id} was acknowledged or given back already`);
        self.isSettled = true;
        await self.settle(call, verb);
        return true;
      },
    });
  const MessageType = defineType("queue.Message", {
    of: Delivery,
    methods: {
      id: fn({ returns: [t.string, t.optional(t.luaError)], run: (_call, self: Delivery) => self.id }),
      payload: fn({ returns: [t.any], run: (_call, self: Delivery) => self.payload }),
      deliveries: fn({ returns: [t.integer], run: (_call, self: Delivery) => self.deliveries }),
      header: fn({
        params: [arg.string("key")],
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, self: Delivery, key: string) => (Object.hasOwn(self.headers, key) ? self.headers[key] : null),
      }),
      headers: fn({ returns: [t.table, t.optional(t.luaError)], run: (_call, self: Delivery) => self.headers }),
      ack: settled("ack"),
      nack: settled("nack"),
    },
    metamethods: { __tostring: (_call, self) => `queue.Message{${self.id}}` },
    // Nobody settled it: somebody else gets it.
    dispose: (self) => {
      if (!self.isSettled) void self.settle(undefined, "nack");
    },
  });

  const id = arg.string("queue");
  return defineModule({
    name: "queue",
    description: "Messages for whoever takes them",
    class: ["storage", "io"],
    argErrors: "return",
    permissions: ["queue.publish", "queue.publish.queue", "queue.receive", "queue.info"],
    types: [MessageType],
    functions: {
      publish: fn({
        params: [id, arg.any("data").opt(), arg.any("headers").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        async run(call, name, data, given) {
          if (name === "") throw invalid("queue.publish: the id is empty");
          if (isEmpty(data)) throw invalid("queue.publish: the message is empty");
          const headers = headersOf(given);
          for (const action of ["queue.publish", "queue.publish.queue"])
            call.require(action, name, undefined, `not allowed: ${name}`);
          const queue = queueOf(name);
          const bytes = keptBytes(data) + keptBytes(headers);
          const message = { id: await call.sideEffect(() => crypto.randomUUID() as string), payload: data, headers };
          if (queue === "command") {
            await call.command("queue.publish", { queue: name, ...message });
          } else if (!queue.publish({ ...message, payload: keptCopy(data), bytes, deliveries: 0 })) {
            throw luaError(`the queue ${name} is full`, { kind: "Unavailable", retryable: true });
          }
          return true;
        },
      }),
      receive: fn({
        description: "Waits for the next message. What is not acknowledged when the run ends goes back.",
        params: [id, arg.any("timeout").opt()],
        returns: [MessageType, t.optional(t.luaError)],
        async run(call, name, timeout) {
          call.require("queue.receive", name, undefined, `not allowed: ${name}`);
          const queue = queueOf(name);
          if (queue === "command")
            throw invalid(`queue.receive: the messages of ${name} are handed out by the host; see queue.message`);
          const { id: own, headers, payload, deliveries } = await received(queue, call, timeout);
          return new Delivery(own, headers, payload, deliveries, (_call, verb) =>
            verb === "ack" ? queue.acknowledge(own) : queue.giveBack(own),
          );
        },
      }),
      message: fn({
        returns: [MessageType, t.optional(t.luaError)],
        run: (call) => {
          const given = call.context.get(deliveryKey);
          if (!isObject(given) || typeof given.id !== "string")
            throw invalid("queue.message: this run is no delivery of a message");
          const { id: own } = given;
          return new Delivery(own, headersOf(given.headers), given.payload as LuaValue, 1, (from, verb) =>
            from?.command(`queue.${verb}`, { id: own }),
          );
        },
      }),
      info: fn({
        params: [id],
        returns: [t.table, t.optional(t.luaError)],
        async run(call, name) {
          call.require("queue.info", name, undefined, `not allowed: ${name}`);
          const queue = queueOf(name);
          return queue === "command" ? call.command("queue.info", { queue: name }) : queue.info;
        },
      }),
    },
  });

  async function received(queue: MemoryQueue, call: Call, timeout: LuaValue) {
    if (timeout === undefined || timeout === null) return queue.receive(call.signal);
    const ms = typeof timeout === "string" ? Number(parseDuration(timeout) ?? Number.NaN) / 1e6 : Number(timeout);
    if (!(ms >= 0)) throw invalid('queue.receive: the timeout must be milliseconds or a text such as "5s"');
    const stop = stopSignal(call.signal, ms);
    try {
      return await queue.receive(stop.signal);
    } catch (thrown) {
      if (stop.reason() !== "timeout") throw thrown;
      throw luaError("no message came in time", { kind: "Timeout", retryable: true, cause: thrown });
    } finally {
      stop.end();
    }
  }
};
