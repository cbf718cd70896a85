/**
 * The module `websocket`: connections to servers, decided by the policies of the run like requests.
 * @module
 */
import { isObject } from "../../../base/is-object.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import { isPrivateHost } from "../../../net/private-host.ts";
import { stopSignal } from "../../../net/stop-signal.ts";
import type { BuiltInModule } from "../services.ts";
import { parseDuration } from "../time/duration.ts";
import { Connection, closeCodes } from "./connection.ts";
import source from "./websocket.lua?raw";

const [textKind, binaryKind] = [1, 2];
const defaultDialMs = 30_000;
const defaultCapacity = 1000;
const mostCapacity = 10_000;
const mostBytes = 128 * 2 ** 20;
const defaultBytes = 32 * 2 ** 20;
/** What other clients take, and none of a browser can. */
const elsewhere = ["headers", "read_timeout", "write_timeout", "compression_threshold"];

interface Options {
  readonly protocols: readonly string[];
  readonly dialMs: number;
  readonly capacity: number;
  readonly messageBytes: number;
}

export const websocketModule: BuiltInModule = (
  { arg, defineModule, defineType, fn, luaError, t },
  { host, webSocket },
) => {
  const fault = (kind: string, message: string, retryable = false) => luaError(message, { kind, retryable });
  const invalid = (message: string) => fault("Invalid", `websocket: ${message}`);
  const whole = (given: unknown, name: string, fallback: number, most: number): number => {
    const value = given ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw invalid(`${name} must be a whole number from 1 to ${most}`);
  };
  const readOptions = (given: unknown): Options => {
    const options = isObject(given) ? given : {};
    const unknown = elsewhere.find((name) => options[name] !== undefined);
    if (unknown) throw invalid(`the option ${unknown} cannot be honoured: WebSockets of browsers have none`);
    const { protocols = [], dial_timeout: dial, channel_capacity: capacity, read_limit: bytes } = options;
    if (!Array.isArray(protocols) || !protocols.every((each) => typeof each === "string"))
      throw invalid("protocols must be a list of texts");
    const ms =
      typeof dial === "string" ? Number(parseDuration(dial) ?? Number.NaN) / 1e6 : Number(dial ?? defaultDialMs);
    if (!(ms > 0)) throw invalid('dial_timeout must be milliseconds or a text such as "5s"');
    return {
      protocols,
      dialMs: ms,
      capacity: whole(capacity, "channel_capacity", defaultCapacity, mostCapacity),
      messageBytes: whole(bytes, "read_limit", defaultBytes, mostBytes),
    };
  };

  /** @throws LuaError `Invalid`, `PermissionDenied` */
  const permitted = async (call: Call, url: string): Promise<void> => {
    let parsed: URL;
    try {
      parsed = new URL(url);
    } catch {
      throw invalid(`invalid URL: ${url}`);
    }
    if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:")
      throw invalid(`the URL must begin with ws:// or wss://: ${url}`);
    for (const action of ["websocket.connect", "websocket.connect.url"])
      call.require(action, url, undefined, `not allowed: ${url}`);
    const { hostname } = parsed;
    const { refusesPrivate, resolve } = host.outlet ?? {};
    const isPrivate =
      isPrivateHost(hostname) ||
      (refusesPrivate && resolve && (await resolve(hostname).catch(() => [])).some((each) => isPrivateHost(each)));
    if (isPrivate) call.require("websocket.private_ip", hostname, undefined, `not allowed: private IP ${hostname}`);
  };

  const connected = async (call: Call, url: string, options: Options): Promise<Connection> => {
    const Socket = await webSocket();
    if (!Socket) throw fault("Unavailable", "websocket: this platform has no WebSocket");
    const stop = stopSignal(call.signal, options.dialMs);
    try {
      const connection = new Connection(new Socket(url, options.protocols), options);
      await connection.opened(stop.signal);
      return connection;
    } catch (cause) {
      if (stop.reason() === "aborted") throw cause;
      const late = stop.reason() === "timeout";
      const why = late ? `no answer within ${options.dialMs} ms` : (cause as Error).message;
      throw luaError(`websocket: ${url}: ${why}`, { kind: late ? "Timeout" : "Unavailable", retryable: true, cause });
    } finally {
      stop.end();
    }
  };

  const alive = (self: Connection): Connection => {
    if (!self.isOpen) throw fault("Internal", "websocket: the connection is closed");
    return self;
  };
  const fallible = t.optional(t.luaError);
  const ClientType = defineType("websocket.Client", {
    of: Connection,
    methods: {
      send: fn({
        params: [arg.bytes("data"), arg.int("type").opt(textKind)],
        returns: [t.boolean, fallible],
        run: (_call, self: Connection, data: Uint8Array, type: number) => {
          if (type !== textKind && type !== binaryKind)
            throw invalid("the type must be websocket.TEXT or websocket.BINARY");
          alive(self).socket.send(type === binaryKind ? data : textOf(data));
          return true;
        },
      }),
      ping: fn({
        returns: [t.boolean, fallible],
        run: (_call, self: Connection) => {
          const { socket } = alive(self);
          if (!socket.ping)
            throw fault("Unavailable", "websocket: this platform sends no pings; its connections answer them");
          socket.ping();
          return true;
        },
      }),
      protocol: fn({ returns: [t.string], run: (_call, self: Connection) => self.socket.protocol ?? "" }),
      close: fn({
        params: [arg.int("code").opt(closeCodes.NORMAL), arg.string("reason").opt("")],
        returns: [t.boolean, fallible],
        run: (_call, self: Connection, code: number, reason: string) => {
          try {
            self.close(code, reason);
          } catch (cause) {
            throw luaError(`websocket: ${(cause as Error).message}`, { kind: "Invalid", retryable: false, cause });
          }
          return true;
        },
      }),
    },
    metamethods: { __tostring: (_call, self) => (self.isOpen ? "websocket.Client{}" : "websocket.Client{closed}") },
    dispose: (self) => self.close(),
  });
  const textOf = (bytes: Uint8Array): string => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw luaError("websocket: a text must be UTF-8; send it with websocket.BINARY", {
        kind: "Invalid",
        retryable: false,
        cause,
      });
    }
  };

  const client = arg.type(ClientType, "client");
  return defineModule({
    name: "websocket",
    description: "WebSocket connections",
    class: ["network", "io", "nondeterministic"],
    argErrors: "return",
    permissions: ["websocket.connect", "websocket.connect.url", "websocket.private_ip"],
    types: [ClientType],
    constants: {
      TEXT: textKind as number,
      BINARY: binaryKind as number,
      TYPE_TEXT: "text",
      TYPE_BINARY: "binary",
      TYPE_PING: "ping",
      TYPE_PONG: "pong",
      TYPE_CLOSE: "close",
      COMPRESSION: { DISABLED: 0, CONTEXT_TAKEOVER: 1, NO_CONTEXT: 2 },
      CLOSE_CODES: closeCodes,
    },
    lua: source,
    functions: {
      connect: fn({
        params: [arg.string("url"), arg.table("options").opt()],
        returns: [ClientType, fallible],
        async run(call, url, given) {
          const options = readOptions(given as LuaValue);
          await permitted(call, url);
          return connected(call, url, options);
        },
      }),
      // For the Lua half.
      feed: fn({
        params: [client],
        returns: [t.integer, fallible],
        run: (call, self: Connection) => call.feed((feed) => self.feed(feed)),
      }),
      capacity: fn({ params: [client], returns: [t.integer], run: (_call, self: Connection) => self.limits.capacity }),
      overflow: fn({ params: [client], run: (_call, self: Connection) => self.overflow() }),
    },
  });
};
