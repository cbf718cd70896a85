/**
 * Which databases there are, and which of them a name means (databases.md §4.2): those of loaded skills, and those in the
 * database directories of the roots that no loaded skill uses.
 * @module
 */
import type { DatabaseInfo, DatabaseKind } from "../../contract/contract.ts";
import { databasePath } from "../../databases/binding.ts";
import { LuaSkillsError } from "../../errors.ts";
import { isIdentifier, requireIdentifier } from "../../skills/manifest/identifiers.ts";
import { databaseDirOf, rootLabel, sameRoot, skillDirIn } from "../../skills/registry/roots.ts";
import type { DatabaseName } from "../../wire/ops.ts";
import type { EngineCore } from "../core.ts";

const kinds: readonly DatabaseKind[] = ["sqlite", "lancedb"];
const titles = { sqlite: "SQLite database", lancedb: "vector store" } as const;

/** By skill, SQLite first. */
export async function listDatabases(core: EngineCore): Promise<DatabaseInfo[]> {
  const embedded = kinds.filter((kind) => isEmbedded(core, kind));
  const found = await Promise.all(embedded.map((kind) => databasesOf(core, kind)));
  return found
    .flat()
    .sort((a, b) =>
      a.skillId === b.skillId ? kinds.indexOf(a.kind) - kinds.indexOf(b.kind) : a.skillId < b.skillId ? -1 : 1,
    );
}

/**
 * Where a database is. With `mayBeNew` it need not be there yet: an import brings the first one.
 * @throws LuaSkillsError `not_found` | `invalid_argument` | `capability_unavailable`
 */
export async function locateDatabase(
  core: EngineCore,
  kind: DatabaseKind,
  { skillId: given, rootName }: DatabaseName,
  { mayBeNew }: { readonly mayBeNew: boolean },
): Promise<string> {
  const skillId = requireIdentifier(given, "skillId");
  if (!isEmbedded(core, kind)) {
    throw new LuaSkillsError(
      "capability_unavailable",
      `the host provides the ${titles[kind]}s of this engine (${kind}_provider_mode); ask it for them`,
    );
  }
  const inRoot = (name: string) =>
    rootName === undefined || rootLabel({ name, skills_dir: "" }) === rootLabel({ name: rootName, skills_dir: "" });
  const databases = await databasesOf(core, kind);
  const matching = databases.filter((info) => info.skillId === skillId && inRoot(info.rootName));
  const known = matching.find(({ loaded }) => loaded) ?? matching[0];
  if (known) return known.path;
  const root = core.live.chain.find(
    (each) =>
      inRoot(each.name) &&
      (rootName !== undefined || core.services.vfs.stat(skillDirIn(each, skillId))?.kind === "dir"),
  );
  const loaded = core.live.registry.skill(skillId);
  const enabled = loaded === undefined || loaded.manifest[kind].enable;
  if (mayBeNew && root && enabled) return databasePath(kind, databaseDirOf(root, core.settings.hostOptions), skillId);
  throw new LuaSkillsError("not_found", `${missing(skillId, kind, rootName, enabled)}`, {
    data: { skillId, kind, databases: databases.map((info) => info.skillId) },
  });
}

function missing(skillId: string, kind: DatabaseKind, rootName: string | undefined, enabled: boolean): string {
  if (!enabled)
    return `skill '${skillId}' has no ${titles[kind]}: its skill.yaml does not say ${kind}: { enable: true }`;
  const where = rootName === undefined ? "" : ` in root '${rootName}'`;
  return `there is no ${titles[kind]} of a skill '${skillId}'${where}: no such skill is installed, and none was kept when one was uninstalled`;
}

/** In `host_callback` and `space_controller` mode nothing here belongs to the engine. */
function isEmbedded({ settings: { hostOptions } }: EngineCore, kind: DatabaseKind): boolean {
  const mode = kind === "sqlite" ? hostOptions.sqliteProviderMode : hostOptions.lancedbProviderMode;
  return mode === "dynamic_library";
}

/** In the order of the roots. Roots with one parent share a database directory: what is in it is told once. */
async function databasesOf(core: EngineCore, kind: DatabaseKind): Promise<DatabaseInfo[]> {
  const byPath = new Map<string, DatabaseInfo>();
  for (const root of core.live.chain) {
    const spaceRoot = databaseDirOf(root, core.settings.hostOptions);
    const stored = kind === "sqlite" ? await sqliteFiles(core, spaceRoot) : vectorStores(core, spaceRoot);
    for (const [skillId, facts] of stored) {
      const path = databasePath(kind, spaceRoot, skillId);
      const skill = core.live.registry.skill(skillId);
      const loaded = skill !== undefined && sameRoot(skill.root, root) && skill.manifest[kind].enable;
      if (loaded || !byPath.has(path)) byPath.set(path, { kind, skillId, rootName: root.name, path, loaded, ...facts });
    }
  }
  return [...byPath.values()];
}

/** Those outside the tree win: one that still lies in the tree moves there when its skill is loaded. */
async function sqliteFiles(core: EngineCore, spaceRoot: string): Promise<Map<string, { bytes: number }>> {
  const found = new Map<string, { bytes: number }>();
  for (const skillId of skillsIn(core, `${spaceRoot}/sqlite`)) {
    const stat = core.services.vfs.stat(databasePath("sqlite", spaceRoot, skillId), { followLinks: true });
    if (stat?.kind === "file") found.set(skillId, { bytes: stat.size });
  }
  const outside = await core.services.databases.outside?.sizesBelow(`${spaceRoot}/sqlite`);
  for (const [skillId, bytes] of outside ?? []) if (isIdentifier(skillId)) found.set(skillId, { bytes });
  return found;
}

function vectorStores(core: EngineCore, spaceRoot: string): Map<string, { bytes: number; tables: string[] }> {
  const found = new Map<string, { bytes: number; tables: string[] }>();
  for (const skillId of skillsIn(core, `${spaceRoot}/lancedb`)) {
    const facts = vectorTables(core, databasePath("lancedb", spaceRoot, skillId));
    if (facts) found.set(skillId, facts);
  }
  return found;
}

function skillsIn({ services: { vfs } }: EngineCore, directory: string): string[] {
  return vfs.stat(directory)?.kind === "dir" ? vfs.list(directory).filter(isIdentifier) : [];
}

function vectorTables(
  { services: { vfs } }: EngineCore,
  path: string,
): { bytes: number; tables: string[] } | undefined {
  if (vfs.stat(path)?.kind !== "dir") return undefined;
  const files = vfs.list(path).filter((name) => name.endsWith(".vectors"));
  const bytes = files.reduce((sum, name) => sum + (vfs.stat(`${path}/${name}`)?.size ?? 0), 0);
  return { bytes, tables: files.map((name) => name.slice(0, -".vectors".length)) };
}
