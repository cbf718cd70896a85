/** Surface of `vulcan.runtime` (vulcan-api.md). */
import { field, fn, type SurfaceEntry, shape } from "../surface/entry.ts";

const managementRequest = "(input?: any): any";

export const runtimeSurface: readonly SurfaceEntry[] = [
  fn("runtime.log", "(level: string, message: string)", "§6.1", "Logs at error, warn or info severity.", "main"),
  fn(
    "runtime.progress",
    "(done: number, total?: number, text?: string)",
    "§6.1",
    "Tells whoever called how far the entry has come.",
  ),
  fn("runtime.cwd", "(): string", "§6.1", "The engine's current directory."),
  field("runtime.temp_dir", "string?", "§6.1", "Directory for temporary files."),
  field("runtime.resources_dir", "string?", "§6.1", "Directory of shared resources."),
  field("runtime.overflow_type", '{ truncate: "truncate", page: "page" }', "§6.1", "Second return value of an entry."),
  shape("vulcan.runtime.Internal", "Who is running. Written by the runtime.", {
    "tool_name?": "string — canonical name of the entry",
    "skill_name?": "string — id of the skill",
    "entry_name?": "string — local name of the entry",
    "root_name?": "string — label of the skill's root",
    "luaexec_active?": "boolean",
    "luaexec_caller_tool_name?": "string",
  }),
  field("runtime.internal", "vulcan.runtime.Internal", "§6.1", "Identity of the running entry."),
  shape("vulcan.runtime.LuaExecRequest", "Code for `vulcan.runtime.lua.exec`: either `code` or `file`.", {
    "task?": "string — headline of the report",
    "code?": "string",
    "file?": "string",
    "args?": "table — the local `args` of the code",
    "timeout_ms?": "integer — default 60000",
  }),
  fn(
    "runtime.lua.exec",
    "(input: vulcan.runtime.LuaExecRequest): string",
    "§8",
    "Runs Lua in a VM of its own and answers a Markdown report, failures included.",
    "main",
  ),
  field("runtime.skills.enabled", "boolean", "§6.2", "Whether the host lets skills manage skills."),
  shape("vulcan.runtime.skills.Status", "State of the management bridge.", {
    enabled: "boolean",
    callback_registered: "boolean",
    mode: "string",
    message: "string",
  }),
  fn("runtime.skills.status", "(): vulcan.runtime.skills.Status", "§6.2", "State of the management bridge."),
  fn("runtime.skills.install", managementRequest, "§6.2", "Asks the host to install a skill."),
  fn("runtime.skills.update", managementRequest, "§6.2", "Asks the host to update a skill."),
  fn("runtime.skills.uninstall", managementRequest, "§6.2", "Asks the host to remove a skill."),
  fn("runtime.skills.enable", managementRequest, "§6.2", "Asks the host to enable a skill."),
  fn("runtime.skills.disable", managementRequest, "§6.2", "Asks the host to disable a skill."),
  shape("vulcan.runtime.skills.Layer", "One layer of the root chain.", {
    label: '"PROJECT"|"USER"',
    writable: "boolean",
    description: "string",
  }),
  shape("vulcan.runtime.skills.Layers", "The layers skills may be installed into.", {
    "default?": '"PROJECT"|"USER"',
    writable: "boolean",
    labels: "string[]",
    layers: "vulcan.runtime.skills.Layer[]",
  }),
  fn("runtime.skills.layers", "(): vulcan.runtime.skills.Layers", "§6.2", "The layers skills may be installed into."),
];
