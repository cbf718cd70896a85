import type { BridgeSocketClass } from "../../process/bridge/connection.ts";
import type { ProcessPlatform } from "../../process/parts.ts";

/** What programs are run with in Node, Deno and Bun. */
export const nodeProcesses: ProcessPlatform = {
  loadShell: async (parts) => (await import("../../process/shell/embedded-shell.ts")).EmbeddedShell.load(parts),
  socket: async () => {
    // Node before 22 has none of its own.
    const socket = globalThis.WebSocket ?? (await import("ws")).WebSocket;
    return socket as unknown as BridgeSocketClass;
  },
};
