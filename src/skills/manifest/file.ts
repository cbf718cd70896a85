/**
 * `skill.yaml` as a file: reading it, and the three faults that abort a load (spec engine.md §3.5).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { readText, reasonText } from "../vfs-text.ts";
import { YamlCursor } from "../yaml/cursor.ts";
import { YamlShapeError } from "../yaml/parser.ts";
import { parseYaml, type YamlFile, type YamlKeys, type YamlValue } from "../yaml/yaml.ts";
import type { ManifestCache } from "./cache.ts";
import type { ManifestFile } from "./parsed.ts";
import type { StoredManifests } from "./stored.ts";

function manifestPath(skillDir: string): string {
  return `${skillDir.replace(/\/+$/, "")}/skill.yaml`;
}

/** The parsed manifest, or undefined when the folder has none. @throws LuaSkillsError `Failed to read|parse {path}: …`. */
export function readManifestFile(vfs: Vfs, skillDir: string, known?: ManifestCache): YamlFile | undefined {
  const path = manifestPath(skillDir);
  if (vfs.stat(path, { followLinks: true }) === undefined) return undefined;
  let text: string;
  try {
    text = readText(vfs, path);
  } catch (thrown) {
    throw new LuaSkillsError("invalid_manifest", `Failed to read ${path}: ${reasonText(thrown)}`, {
      data: { file: path },
      cause: thrown,
    });
  }
  const parse = () => parseManifest(text, path, known?.stored);
  const file = known ? known.file(path, text, parse) : parse();
  if (file.value !== null && !(file.value instanceof Map)) {
    throw shapeFault(() => new YamlCursor(file).wrongType("a mapping"), `Failed to parse ${path}`);
  }
  return file;
}

/**
 * Keeps no syntax tree: it is many times the text, and only a fault or a number in a text's place asks how or where something is
 * written. Each reload asks the same again of such a manifest, so what was answered is kept.
 */
function parseManifest(text: string, path: string, stored?: StoredManifests): ManifestFile {
  const parsed = stored?.find(text) ?? {
    value: parseYaml(text, path).value,
    positions: new Map(),
    sources: new Map(),
  };
  return {
    path,
    text,
    parsed,
    value: parsed.value,
    position: remembered(parsed.positions, (keys) => parseYaml(text, path).position(keys)),
    source: remembered(parsed.sources, (keys) => parseYaml(text, path).source(keys)),
  };
}

function remembered<T>(answers: Map<string, T>, ask: (keys: YamlKeys) => T): (keys: YamlKeys) => T {
  return (keys) => {
    const asked = JSON.stringify(keys);
    if (!answers.has(asked)) answers.set(asked, ask(keys));
    return answers.get(asked) as T;
  };
}

/** Whether the manifest says `skill_id`, even as null. */
export function declaresSkillId(file: YamlFile): boolean {
  return file.value instanceof Map && file.value.has("skill_id");
}

/**
 * What the winning manifest says about itself before anything else is looked at.
 * @throws LuaSkillsError for a declared `skill_id` and an `enable` that is no boolean.
 */
export function manifestEnabled(file: YamlFile): boolean {
  if (declaresSkillId(file)) {
    const at = file.position(["skill_id"]);
    throw new LuaSkillsError(
      "invalid_manifest",
      `skill manifest ${file.path} must not declare skill_id; directory name is the only skill_id`,
      { data: { file: file.path, ...at } },
    );
  }
  const value: YamlValue | undefined = file.value instanceof Map ? file.value.get("enable") : undefined;
  if (value === undefined) return true;
  if (typeof value === "boolean") return value;
  throw shapeFault(() => new YamlCursor(file).required("enable").boolean(), `Failed to parse ${file.path}`);
}

/** Runs a decoder; its shape error becomes `{prefix}: {detail}` with the position in `data`. */
export function withShapeFaults<T>(decode: () => T, prefix: string): T {
  try {
    return decode();
  } catch (thrown) {
    if (!(thrown instanceof YamlShapeError)) throw thrown;
    throw new LuaSkillsError("invalid_manifest", `${prefix}: ${thrown.message}`, {
      data: { file: thrown.file, line: thrown.line, column: thrown.column },
      cause: thrown,
    });
  }
}

function shapeFault(decode: () => unknown, prefix: string): LuaSkillsError {
  try {
    withShapeFaults(decode, prefix);
  } catch (thrown) {
    return LuaSkillsError.from(thrown, "invalid_manifest");
  }
  return new LuaSkillsError("internal", `${prefix}: the faulty value decoded; this is a bug of the manifest reader`);
}
