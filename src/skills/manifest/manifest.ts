/**
 * The checks of a manifest at load, in the native order (spec engine.md §2.9).
 * @module
 */

import { sortedJson } from "../../base/bytes/byte-order.ts";
import { baseName } from "../../base/path-text.ts";
import { parseJson } from "../../base/text/json-text.ts";
import type { Json, ToolInputSchema } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { HelpNode, ManifestEntry, SkillManifest } from "../types.ts";
import { isFile, readText, reasonText } from "../vfs-text.ts";
import type { YamlFile } from "../yaml/yaml.ts";
import { type DecodedEntry, type DecodedManifest, decodeManifest } from "./decode.ts";
import { manifestEnabled, readManifestFile } from "./file.ts";
import { identifierComplaint, isIdentifier } from "./identifiers.ts";
import { inputSchemaComplaint, parametersFromSchema, schemaFromParameters } from "./input-schema.ts";
import { packageFile, packagePathComplaint } from "./package-path.ts";
import { versionComplaint } from "./version.ts";

/**
 * The manifest of the skill in `skillDir`, or undefined when it says `enable: false`. `file` spares a second read when the
 * caller has it.
 * @throws LuaSkillsError `invalid_manifest` with the text of §2.9.
 */
export function loadManifest(vfs: Vfs, skillDir: string, file?: YamlFile): SkillManifest | undefined {
  const yaml = file ?? readManifestFile(vfs, skillDir);
  if (yaml === undefined) throw invalid(`skill.yaml not found in ${skillDir}`, skillDir);
  if (!manifestEnabled(yaml)) return undefined;
  const decoded = decodeManifest(yaml);
  const skillId = baseName(skillDir);
  if (!isIdentifier(skillId)) {
    throw invalid(`skill ${skillDir}: ${identifierComplaint("skill directory name")}`, yaml.path);
  }
  if (!decoded.enable) return undefined;
  const entries = resolveEntries(vfs, skillDir, decoded, yaml.path, `skill ${decoded.name}: `);
  const version = versionComplaint(decoded.version, "version");
  if (version !== undefined) throw invalid(`skill ${skillId}: ${version}`, yaml.path);
  if (entries.length === 0) throw invalid(`skill ${decoded.name} must declare at least one entry`, yaml.path);
  for (const entry of decoded.entries) checkEntry(vfs, skillDir, decoded.name, entry, yaml.path);
  checkHelp(decoded, yaml.path);
  const { main, topics } = decoded.help;
  const help = { main: portableFile(main), topics: topics.map(portableFile) };
  return { ...decoded, version: decoded.version.trim(), entries, help };
}

/** Step 4: schemas and parameters of every entry. `prefix` starts each message (installs have none, §8.5). */
export function resolveEntries(
  vfs: Vfs,
  skillDir: string,
  manifest: DecodedManifest,
  manifestFile: string,
  prefix: string,
): ManifestEntry[] {
  return manifest.entries.map((entry) => {
    const name = entry.name.trim();
    const schema = resolveSchema(vfs, skillDir, entry, (complaint) => invalid(prefix + complaint, manifestFile));
    return {
      name,
      description: entry.description,
      luaEntry: portable(entry.luaEntry),
      luaModule: entry.luaModule,
      parameters: entry.parameters.length === 0 ? parametersFromSchema(schema) : entry.parameters,
      inputSchema: schema,
      help: entry.help.trim(),
    };
  });
}

function resolveSchema(
  vfs: Vfs,
  skillDir: string,
  entry: DecodedEntry,
  fault: (complaint: string) => LuaSkillsError,
): ToolInputSchema {
  const label = `skill entry ${entry.name.trim()}`;
  const schemaFile = entry.inputSchemaFile.trim();
  const fromFile = schemaFile !== "";
  if (fromFile && entry.inputSchema !== undefined)
    throw fault(`${label} must not declare both input_schema and input_schema_file`);
  const schema = fromFile
    ? readSchemaFile(vfs, skillDir, schemaFile, label, fault)
    : (entry.inputSchema ?? schemaFromParameters(entry.parameters));
  const complaint = inputSchemaComplaint(schema, `${label} input_schema`);
  if (complaint !== undefined) throw fault(complaint);
  // The complaint that did not come said so.
  return sortedJson(schema) as ToolInputSchema;
}

function readSchemaFile(
  vfs: Vfs,
  skillDir: string,
  path: string,
  label: string,
  fault: (complaint: string) => LuaSkillsError,
): Json {
  const pathComplaint = packagePathComplaint(path, "entry.input_schema_file", "schemas");
  if (pathComplaint !== undefined) throw fault(pathComplaint);
  const file = packageFile(skillDir, path);
  let text: string;
  try {
    text = readText(vfs, file);
  } catch (thrown) {
    throw fault(`${label} input_schema_file ${file} read failed: ${reasonText(thrown)}`);
  }
  try {
    return parseJson(text) as Json;
  } catch (thrown) {
    throw fault(`${label} input_schema_file ${file} parse failed: ${reasonText(thrown)}`);
  }
}

/** Step 7. */
function checkEntry(vfs: Vfs, skillDir: string, skillName: string, entry: DecodedEntry, manifestFile: string): void {
  const name = entry.name.trim();
  if (!isIdentifier(name))
    throw invalid(`skill ${skillName} entry ${name}: ${identifierComplaint("entry.name")}`, manifestFile);
  if (entry.luaEntry.trim() === "" || entry.luaModule.trim() === "")
    throw invalid(`skill ${skillName} declares entry ${entry.name} but lua_entry/lua_module is missing`, manifestFile);
  const path = packagePathComplaint(entry.luaEntry, "entry.lua_entry", "runtime");
  if (path !== undefined) throw invalid(`skill ${skillName} entry ${entry.name}: ${path}`, manifestFile);
  if (!isFile(vfs, packageFile(skillDir, entry.luaEntry)))
    throw invalid(`Lua entry ${entry.luaEntry} not found in ${skillDir}`, manifestFile);
}

/** Step 8. */
function checkHelp(manifest: DecodedManifest, manifestFile: string): void {
  const { main, topics } = manifest.help;
  if (main.file.trim() !== "") {
    const complaint = packagePathComplaint(main.file, "help.main.file", "help");
    if (complaint !== undefined) throw invalid(`skill ${manifest.name} help main: ${complaint}`, manifestFile);
  }
  for (const topic of topics) {
    const complaint = packagePathComplaint(topic.file, "help.topic.file", "help");
    if (complaint !== undefined)
      throw invalid(`skill ${manifest.name} help topic ${topic.name.trim()}: ${complaint}`, manifestFile);
  }
}

/** Backslashes count as separators everywhere (§2.6), so what is loaded carries `/` only. */
function portable(path: string): string {
  return path.replaceAll("\\", "/");
}

function portableFile(node: HelpNode): HelpNode {
  return { ...node, file: portable(node.file) };
}

function invalid(message: string, file: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", message, { data: { file } });
}
