import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { BridgeServer, type BridgeServerOptions } from "../../src/bridge/server.ts";
import { decodeMessage, encodeMessage } from "../../src/process/bridge/message-codec.ts";
import { bridgePaths } from "../../src/process/bridge/messages.ts";

/** The page the bridge knows in these tests. */
export const page = "http://app.test:5173";

export interface RunningBridge {
  readonly bridge: BridgeServer;
  readonly codes: string[];
  readonly log: Array<Record<string, unknown>>;
}

export async function startBridge(options: BridgeServerOptions = {}): Promise<RunningBridge> {
  const codes: string[] = [];
  const log: Array<Record<string, unknown>> = [];
  const bridge = await BridgeServer.start({
    port: 0,
    origins: [page],
    onPairingCode: (code) => codes.push(code),
    onAudit: (line) => log.push(JSON.parse(line) as Record<string, unknown>),
    ...options,
  });
  return { bridge, codes, log };
}

/** Sends bytes as no browser would; the whole answer. */
export async function raw(port: number, lines: readonly string[], body = ""): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  await once(socket, "close");
  return answer;
}

/** A POST to the pairing address, its headers as given. */
export function postPairing(port: number, code: unknown, headers: Readonly<Record<string, string>>): Promise<string> {
  const body = typeof code === "string" && code.startsWith("raw:") ? code.slice(4) : JSON.stringify({ code });
  const all = {
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    Connection: "close",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return raw(port, [`POST ${bridgePaths.pair} HTTP/1.1`, ...lines], body);
}

export async function pair({ bridge, codes }: RunningBridge, origin = page): Promise<string> {
  const answer = await postPairing(bridge.port, codes.at(-1), { Host: `127.0.0.1:${bridge.port}`, Origin: origin });
  const token = /"token":"([^"]+)"/.exec(answer)?.[1];
  if (token === undefined) throw new Error(`pairing failed: ${answer}`);
  return token;
}

/** The first thing the bridge says to a connection, or `closed <code>`, or `refused <status>`. */
export async function firstAnswer(
  url: string,
  headers: Readonly<Record<string, string>>,
  messages: ReadonlyArray<object | string | Uint8Array>,
): Promise<string> {
  const socket = new WebSocket(`${url.replace("http", "ws")}${bridgePaths.connect}`, { headers });
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_request, response) => resolve(`refused ${response.statusCode}`));
    socket.on("error", (error) => resolve(`error ${error.message}`));
    socket.on("close", (code) => resolve(`closed ${code}`));
    socket.on("message", (data: Buffer, binary) => {
      resolve(JSON.stringify(decodeMessage(binary ? data : data.toString("utf8"))));
      socket.close();
    });
    socket.on("open", () => {
      for (const message of messages) {
        const frame = typeof message === "string" || message instanceof Uint8Array ? message : encodeMessage(message);
        socket.send(frame);
      }
    });
  });
}
