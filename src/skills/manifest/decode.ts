/**
 * `skill.yaml` decoded field by field (spec engine.md §2.5–§2.8), without any check across fields.
 * @module
 */
import type { EntryDescriptor, Json } from "../../contract/contract.ts";
import type { DatabaseSettings, HelpNode } from "../types.ts";
import { YamlCursor } from "../yaml/cursor.ts";
import type { YamlFile } from "../yaml/yaml.ts";
import { withShapeFaults } from "./file.ts";

export interface DecodedEntry {
  readonly name: string;
  readonly description: string;
  readonly luaEntry: string;
  readonly luaModule: string;
  readonly parameters: EntryDescriptor["parameters"];
  readonly inputSchema: Json | undefined;
  readonly inputSchemaFile: string;
  readonly help: string;
}

export interface DecodedManifest {
  readonly name: string;
  readonly version: string;
  readonly enable: boolean;
  readonly debug: boolean;
  readonly entries: readonly DecodedEntry[];
  readonly help: { readonly main: HelpNode; readonly topics: readonly HelpNode[] };
  readonly sqlite: DatabaseSettings;
  readonly lancedb: DatabaseSettings;
}

/** @throws LuaSkillsError `invalid_manifest`: `Failed to decode {path}: {what} at line L column C`. */
export function decodeManifest(file: YamlFile): DecodedManifest {
  return withShapeFaults(() => decode(new YamlCursor(file)), `Failed to decode ${file.path}`);
}

function decode(root: YamlCursor): DecodedManifest {
  const help = root.get("help");
  return {
    name: root.required("name").string(),
    version: root.required("version").string(),
    enable: root.get("enable")?.boolean() ?? true,
    debug: root.get("debug")?.boolean() ?? false,
    entries: root.get("entries")?.list().map(decodeEntry) ?? [],
    help: {
      main: { ...decodeHelp(help?.get("main")), name: "main" },
      topics: help?.get("topics")?.list().map(decodeHelp) ?? [],
    },
    sqlite: decodeDatabase(root.get("sqlite"), 500),
    lancedb: decodeDatabase(root.get("lancedb"), 800),
  };
}

function decodeEntry(entry: YamlCursor): DecodedEntry {
  return {
    name: entry.required("name").string(),
    description: text(entry, "description"),
    luaEntry: entry.required("lua_entry").string(),
    luaModule: entry.required("lua_module").string(),
    parameters: entry.get("parameters")?.list().map(decodeParameter) ?? [],
    inputSchema: entry.optional("input_schema")?.json(),
    inputSchemaFile: text(entry, "input_schema_file"),
    help: text(entry, "help"),
  };
}

function decodeParameter(parameter: YamlCursor): EntryDescriptor["parameters"][number] {
  return {
    name: parameter.required("name").string(),
    param_type: parameter.required("type").string(),
    description: parameter.required("description").string(),
    required: parameter.get("required")?.boolean() ?? false,
  };
}

function decodeHelp(node: YamlCursor | undefined): HelpNode {
  return node === undefined
    ? { name: "", description: "", file: "" }
    : { name: text(node, "name"), description: text(node, "description"), file: text(node, "file") };
}

/** The slow-log threshold is 0 when the whole block is absent (§2.8). */
function decodeDatabase(block: YamlCursor | undefined, thresholdMs: number): DatabaseSettings {
  return {
    enable: block?.get("enable")?.boolean() ?? false,
    logLevel: block?.get("log_level")?.oneOf("off", "info", "warning") ?? "info",
    slowLogEnabled: block?.get("slow_log_enabled")?.boolean() ?? false,
    slowLogThresholdMs: block?.get("slow_log_threshold_ms")?.unsigned() ?? (block === undefined ? 0 : thresholdMs),
  };
}

function text(cursor: YamlCursor, name: string): string {
  return cursor.get(name)?.string() ?? "";
}
