import { WebSocket } from "ws";
import { BridgeServer, type BridgeServerOptions } from "../bridge/server.ts";
import { BridgeConnection, type BridgeSocketClass } from "../process/bridge/connection.ts";
import { bridgePaths } from "../process/bridge/messages.ts";

/** A bridge on a free port, with what its terminal and its log would show. */
export interface TestBridge {
  readonly bridge: BridgeServer;
  readonly codes: string[];
  readonly log: Array<Record<string, unknown>>;
}

export async function startTestBridge(options: BridgeServerOptions = {}): Promise<TestBridge> {
  const codes: string[] = [];
  const log: Array<Record<string, unknown>> = [];
  const bridge = await BridgeServer.start({
    port: 0,
    native: true,
    onPairingCode: (code) => codes.push(code),
    onAudit: (line) => log.push(JSON.parse(line) as Record<string, unknown>),
    ...options,
  });
  return { bridge, codes, log };
}

export async function pair({ bridge, codes }: TestBridge, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(bridge.url + bridgePaths.pair, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ code: codes.at(-1) }),
  });
  const { token } = (await answer.json()) as { token?: string };
  if (token === undefined) throw new Error(`pairing failed with ${answer.status}`);
  return token;
}

/** A native client, paired. */
export async function connect(test: TestBridge): Promise<BridgeConnection> {
  return new BridgeConnection({ url: test.bridge.url, token: await pair(test) }, () => nodeSocket);
}

const nodeSocket = WebSocket as unknown as BridgeSocketClass;
