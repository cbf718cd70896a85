/**
 * A loaded skill as the engine uses it. Parsing and validation of skill.yaml are in manifest.ts; spec engine.md §2–§4.
 * @module
 */
import type { EntryDescriptor, SkillRoot, ToolInputSchema } from "../contract/contract.ts";

export interface ManifestEntry {
  /** Trimmed local name. */
  readonly name: string;
  readonly description: string;
  /** Relative to the skill directory, `runtime/…`. */
  readonly luaEntry: string;
  readonly luaModule: string;
  readonly parameters: EntryDescriptor["parameters"];
  readonly inputSchema: ToolInputSchema;
  /** Name of a help topic, or "". */
  readonly help: string;
}

export interface HelpNode {
  readonly name: string;
  readonly description: string;
  /** Relative to the skill directory, `help/…`; may be "" for main. */
  readonly file: string;
}

export interface DatabaseSettings {
  readonly enable: boolean;
  readonly logLevel: "off" | "info" | "warning";
  readonly slowLogEnabled: boolean;
  readonly slowLogThresholdMs: number;
}

export interface SkillManifest {
  readonly name: string;
  readonly version: string;
  readonly enable: boolean;
  readonly debug: boolean;
  readonly entries: readonly ManifestEntry[];
  readonly help: { readonly main: HelpNode; readonly topics: readonly HelpNode[] };
  readonly sqlite: DatabaseSettings;
  readonly lancedb: DatabaseSettings;
}

/** spec engine.md §3: the effective instance of a skill, ready to run. All paths absolute in the vfs. */
export interface LoadedSkill {
  readonly skillId: string;
  /** Package directory. */
  readonly dir: string;
  readonly root: SkillRoot;
  /** Parent of root.skills_dir. */
  readonly runtimeRoot: string;
  readonly manifest: SkillManifest;
  /** vulcan.deps.*: `<runtimeRoot>/<dependency dir>/{tools,lua,ffi}/<skillId>`. */
  readonly deps: { readonly tools: string; readonly lua: string; readonly ffi: string };
}

export interface RegisteredEntry {
  readonly canonicalName: string;
  readonly skill: LoadedSkill;
  readonly entry: ManifestEntry;
  readonly descriptor: EntryDescriptor;
}

/** spec engine.md §4. Immutable: a reload makes a new one. */
export interface SkillRegistry {
  /** In id order. */
  readonly skills: readonly LoadedSkill[];
  /** Sorted by canonical name, byte-wise. */
  readonly entries: readonly RegisteredEntry[];
  get(canonicalName: string): RegisteredEntry | undefined;
  skill(skillId: string): LoadedSkill | undefined;
}
