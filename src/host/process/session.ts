/**
 * `vulcan.process.session` (vulcan-api.md §10.3): how a session is opened. What is done with an open one loads with it.
 * @module
 */
import type { HostCallContext, HostFunctions, LuaReader } from "../../lua/interface.ts";
import type { ProcessProvider } from "../../process/interface.ts";
import { fail } from "../arguments.ts";
import type { HostServices } from "../services.ts";
import type { OpenSessions } from "./open-sessions.ts";
import { readSpec } from "./session-spec.ts";

export function sessionFunctions(services: HostServices, provider: ProcessProvider): HostFunctions {
  let sessions: OpenSessions | undefined;
  const whenOpen = (name: "write" | "read" | "status" | "close" | "kill") => ({
    waits: (args: LuaReader, context: HostCallContext) =>
      sessions ? sessions[name](args, context) : fail(`process.session.${name}`, "session is not open"),
  });
  return {
    session_open: {
      waits: async (args, context) => {
        const spec = readSpec(args, services);
        const { OpenSessions } = await import("./open-sessions.ts");
        sessions ??= new OpenSessions(services, provider);
        return sessions.open(spec, context);
      },
    },
    session_drop: (args, context) => sessions?.drop(args, context),
    session_write: whenOpen("write"),
    session_read: whenOpen("read"),
    session_status: whenOpen("status"),
    session_close: whenOpen("close"),
    session_kill: whenOpen("kill"),
  };
}
