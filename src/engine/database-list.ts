/**
 * Which databases there are, and which of them a name means (databases.md §4.2): those of loaded skills, and those in the
 * database directories of the roots that no loaded skill uses.
 * @module
 */
import type { DatabaseInfo, DatabaseKind } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { databasePath } from "../host/database-binding.ts";
import type { DatabaseName } from "../protocol.ts";
import { isIdentifier, requireIdentifier } from "../skills/identifiers.ts";
import { databaseDirOf, rootLabel, sameRoot, skillDirIn } from "../skills/roots.ts";
import type { EngineCore } from "./core.ts";

const kinds: readonly DatabaseKind[] = ["sqlite", "lancedb"];
const titles = { sqlite: "SQLite database", lancedb: "vector store" } as const;

/** By skill, SQLite first. */
export function listDatabases(core: EngineCore): DatabaseInfo[] {
  const found = kinds.filter((kind) => isEmbedded(core, kind)).flatMap((kind) => databasesOf(core, kind));
  return found.sort((a, b) =>
    a.skillId === b.skillId ? kinds.indexOf(a.kind) - kinds.indexOf(b.kind) : a.skillId < b.skillId ? -1 : 1,
  );
}

/**
 * Where a database is. With `mayBeNew` it need not be there yet: an import brings the first one.
 * @throws LuaSkillsError `not_found` | `invalid_argument` | `capability_unavailable`
 */
export function locateDatabase(
  core: EngineCore,
  kind: DatabaseKind,
  { skillId: given, rootName }: DatabaseName,
  { mayBeNew }: { readonly mayBeNew: boolean },
): string {
  const skillId = requireIdentifier(given, "skillId");
  if (!isEmbedded(core, kind)) {
    throw new LuaSkillsError(
      "capability_unavailable",
      `the host provides the ${titles[kind]}s of this engine (${kind}_provider_mode); ask it for them`,
    );
  }
  const inRoot = (name: string) =>
    rootName === undefined || rootLabel({ name, skills_dir: "" }) === rootLabel({ name: rootName, skills_dir: "" });
  const matching = databasesOf(core, kind).filter((info) => info.skillId === skillId && inRoot(info.rootName));
  const known = matching.find(({ loaded }) => loaded) ?? matching[0];
  if (known) return known.path;
  const root = core.chain.find(
    (each) => inRoot(each.name) && (rootName !== undefined || core.vfs.stat(skillDirIn(each, skillId))?.kind === "dir"),
  );
  const loaded = core.registry.skill(skillId);
  const enabled = loaded === undefined || loaded.manifest[kind].enable;
  if (mayBeNew && root && enabled) return databasePath(kind, databaseDirOf(root, core.hostOptions), skillId);
  throw new LuaSkillsError("not_found", `${missing(skillId, kind, rootName, enabled)}`, {
    data: { skillId, kind, databases: databasesOf(core, kind).map((info) => info.skillId) },
  });
}

function missing(skillId: string, kind: DatabaseKind, rootName: string | undefined, enabled: boolean): string {
  if (!enabled)
    return `skill '${skillId}' has no ${titles[kind]}: its skill.yaml does not say ${kind}: { enable: true }`;
  const where = rootName === undefined ? "" : ` in root '${rootName}'`;
  return `there is no ${titles[kind]} of a skill '${skillId}'${where}: no such skill is installed, and none was kept when one was uninstalled`;
}

/** In `host_callback` and `space_controller` mode nothing here belongs to the engine. */
function isEmbedded({ hostOptions }: EngineCore, kind: DatabaseKind): boolean {
  const mode = kind === "sqlite" ? hostOptions.sqliteProviderMode : hostOptions.lancedbProviderMode;
  return mode === "dynamic_library";
}

/** In the order of the roots. Roots with one parent share a database directory: what is in it is told once. */
function databasesOf(core: EngineCore, kind: DatabaseKind): DatabaseInfo[] {
  const { vfs, hostOptions } = core;
  const byPath = new Map<string, DatabaseInfo>();
  for (const root of core.chain) {
    const spaceRoot = databaseDirOf(root, hostOptions);
    const dir = `${spaceRoot}/${kind}`;
    if (vfs.stat(dir)?.kind !== "dir") continue;
    for (const skillId of vfs.list(dir).filter(isIdentifier)) {
      const path = databasePath(kind, spaceRoot, skillId);
      const stored = kind === "sqlite" ? sqliteFile(core, path) : vectorTables(core, path);
      const skill = core.registry.skill(skillId);
      const loaded = skill !== undefined && sameRoot(skill.root, root) && skill.manifest[kind].enable;
      if (stored && (loaded || !byPath.has(path)))
        byPath.set(path, { kind, skillId, rootName: root.name, path, loaded, ...stored });
    }
  }
  return [...byPath.values()];
}

function sqliteFile({ vfs }: EngineCore, path: string): { bytes: number } | undefined {
  const stat = vfs.stat(path, { followLinks: true });
  return stat?.kind === "file" ? { bytes: stat.size } : undefined;
}

function vectorTables({ vfs }: EngineCore, path: string): { bytes: number; tables: string[] } | undefined {
  if (vfs.stat(path)?.kind !== "dir") return undefined;
  const files = vfs.list(path).filter((name) => name.endsWith(".vectors"));
  const bytes = files.reduce((sum, name) => sum + (vfs.stat(`${path}/${name}`)?.size ?? 0), 0);
  return { bytes, tables: files.map((name) => name.slice(0, -".vectors".length)) };
}
