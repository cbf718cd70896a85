import { BridgeServer } from "../../../src/bridge/server.ts";
import type { EngineOptions } from "../../../src/contract/contract.ts";
import { bridgePaths } from "../../../src/process/bridge/messages.ts";
import type { RunOptions } from "../options.ts";

type ProcessOptions = NonNullable<EngineOptions["process"]>;

/** What the cases run programs with, and how to end it. */
export interface CaseProcesses {
  readonly process: ProcessOptions;
  close(): Promise<void>;
}

const programs = ["sh", "printf", "cat", "true", "sleep", "echo"];

/** The embedded shell, or a real bridge that a runtime at `origin` (undefined: in Node) is paired with. */
export async function caseProcesses(options: RunOptions, origin?: string): Promise<CaseProcesses> {
  if (options.process === "shell") return { process: { kind: "shell" }, close: async () => {} };
  let code = "";
  const bridge = await BridgeServer.start({
    port: 0,
    native: origin === undefined,
    origins: origin === undefined ? [] : [origin],
    programs: programs.map((name) => ({ name, paths: "any" })),
    onPairingCode: (shown) => {
      code = shown;
    },
  });
  const response = await fetch(bridge.url + bridgePaths.pair, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(origin === undefined ? {} : { Origin: origin }) },
    body: JSON.stringify({ code }),
  });
  const { token } = (await response.json()) as { token: string };
  return { process: { kind: "bridge", url: bridge.url, token }, close: () => bridge.close() };
}
