/** Surface of `vulcan.call`, `vulcan.context` and `vulcan.deps` (vulcan-api.md). */
import { field, fn, type SurfaceEntry, shape } from "../surface/entry.ts";

export const callSurface: readonly SurfaceEntry[] = [
  fn("call", "(name: string, args: table): any, ...", "§5", "Calls an entry of any loaded skill by canonical name."),

  shape("vulcan.context.ClientInfo", "The client that made the request.", {
    "kind?": "string",
    "name?": "string",
    "version?": "string",
  }),
  shape("vulcan.context.Request", "The host's request context; empty when there is none.", {
    "request_id?": "string",
    "client_name?": "string",
    "transport_name?": "string",
    "session_id?": "string",
    "client_info?": "vulcan.context.ClientInfo",
    "client_capabilities?": "table",
  }),
  field("context.request", "vulcan.context.Request", "§14", "The host's request context."),
  field("context.client_info", "vulcan.context.ClientInfo?", "§14", "The client that made the request."),
  field("context.client_capabilities", "table", "§14", "What the client can do."),
  field("context.client_budget", "table", "§14", "Budgets, e.g. `tool_result = { bytes, lines }`."),
  field("context.tool_config", "table", "§14", "The host's configuration for this tool."),
  field(
    "context.host_result",
    "{ enabled: boolean, allowed_kinds: string[], max_payload_bytes?: integer }",
    "§3.6",
    "Which fourth return values the client takes.",
  ),
  field("context.skill_dir", "string?", "§14", "Directory of the running skill."),
  field("context.entry_dir", "string?", "§14", "Directory of the running entry."),
  field("context.entry_file", "string?", "§14", "File of the running entry."),

  field("deps.tools_path", "string?", "§14", "Where tool dependencies of the skill are."),
  field("deps.lua_path", "string?", "§14", "Where Lua dependencies of the skill are."),
  field("deps.ffi_path", "string?", "§14", "Where native dependencies of the skill are."),
];
