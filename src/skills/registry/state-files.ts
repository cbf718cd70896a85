/**
 * Disabled markers and install records (spec engine.md §3.4).
 * @module
 */
import { parseJson } from "../../base/text/json-text.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Vfs, VfsError } from "../../vfs/interface.ts";
import { withShapeFaults } from "../manifest/file.ts";
import type { HostOptions } from "../options/host-options.ts";
import { OptionReader } from "../options/option-reader.ts";
import { readTextIfPresent, reasonText, replaceText } from "../vfs-text.ts";
import { YamlCursor } from "../yaml/cursor.ts";
import { yaml } from "../yaml/parser.ts";
import { parseYaml } from "../yaml/yaml.ts";
import { stateDirOf } from "./roots.ts";

export const installSourceTypes = ["github", "official_hub", "url", "private_url_manifest"] as const;
export type InstallSourceType = (typeof installSourceTypes)[number];

export interface InstallRecord {
  readonly skillId: string;
  readonly version: string;
  readonly managed: boolean;
  readonly source: {
    readonly sourceType: InstallSourceType;
    readonly locator: string;
    readonly tag: string | undefined;
  };
  /** Unix milliseconds. */
  readonly installedAt: number;
}

/** The file whose presence disables a skill. `stateDir`: of its root. */
export function disabledMarker(stateDir: string, skillId: string): string {
  return `${stateDir}/skills/disabled/${skillId}.json`;
}

/** The state files of one root. Constructing it touches nothing. */
export class StateFiles {
  readonly #vfs: Vfs;
  /** `<runtime root>/<state_dir_name>` */
  readonly dir: string;

  constructor(vfs: Vfs, root: SkillRoot, options: HostOptions) {
    this.#vfs = vfs;
    this.dir = stateDirOf(root, options);
  }

  markerPath(skillId: string): string {
    return disabledMarker(this.dir, skillId);
  }

  recordPath(skillId: string): string {
    return `${this.dir}/installs/${skillId}.yaml`;
  }

  /** Creates the marker and record directories, as every query of the enabled state does natively. */
  createDirectories(): void {
    const folders = { "disabled root": "skills/disabled", "install-record root": "installs" };
    for (const [title, name] of Object.entries(folders)) {
      const path = `${this.dir}/${name}`;
      attempt(`Failed to create ${title} ${path}`, () => this.#vfs.mkdir(path, { recursive: true }));
    }
  }

  /** Presence alone disables; the content is not read. */
  isDisabled(skillId: string): boolean {
    return this.#vfs.stat(this.markerPath(skillId), { followLinks: true }) !== undefined;
  }

  /** @throws LuaSkillsError when there is a marker that is none. */
  checkMarker(skillId: string): void {
    const path = this.markerPath(skillId);
    const text = this.#read(path);
    if (text === undefined) return;
    try {
      const marker = new OptionReader(parseJson(text), "marker");
      marker.required("skill_id").string();
      marker.optional("reason")?.string();
      marker.required("disabled_at_unix_ms").unsigned();
    } catch (thrown) {
      throw new LuaSkillsError("storage_error", `Failed to parse ${path}: ${reasonText(thrown)}`, { cause: thrown });
    }
  }

  disable(skillId: string, reason: string | undefined, nowMs: number): void {
    const trimmed = reason?.trim() ?? "";
    const marker = {
      skill_id: skillId,
      reason: trimmed === "" ? null : trimmed,
      disabled_at_unix_ms: Math.trunc(nowMs),
    };
    const path = this.markerPath(skillId);
    attempt(`Failed to write ${path}`, () => replaceText(this.#vfs, path, JSON.stringify(marker, null, 2)));
  }

  enable(skillId: string): void {
    const path = this.markerPath(skillId);
    const stat = this.#vfs.stat(path);
    if (stat === undefined) return;
    attempt(`Failed to remove ${path}`, () => {
      // A folder of that name is nothing this class made.
      if (stat.kind === "dir") throw new VfsError("EISDIR", path, "remove");
      this.#vfs.remove(path);
    });
  }

  /** @throws LuaSkillsError when the record is unreadable. */
  readRecord(skillId: string): InstallRecord | undefined {
    const path = this.recordPath(skillId);
    const text = this.#read(path);
    if (text === undefined) return undefined;
    const file = parseYaml(text, path);
    return withShapeFaults(() => decodeRecord(new YamlCursor(file)), `Failed to parse ${path}`);
  }

  #read(path: string): string | undefined {
    return attempt(`Failed to read ${path}`, () => readTextIfPresent(this.#vfs, path));
  }

  writeRecord(record: InstallRecord): void {
    replaceText(this.#vfs, this.recordPath(record.skillId), recordText(record));
  }
}

/** @throws LuaSkillsError `storage_error`: `{complaint}: {reason}` */
function attempt<T>(complaint: string, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    throw new LuaSkillsError("storage_error", `${complaint}: ${reasonText(thrown)}`, { cause: thrown });
  }
}

function decodeRecord(cursor: YamlCursor): InstallRecord {
  const source = cursor.required("source");
  return {
    skillId: cursor.required("skill_id").scalarText(),
    version: cursor.required("version").scalarText(),
    managed: cursor.required("managed").boolean(),
    source: {
      sourceType: source.required("source_type").oneOf(...installSourceTypes),
      locator: source.required("locator").scalarText(),
      tag: source.optional("tag")?.scalarText(),
    },
    installedAt: cursor.required("installed_at_unix_ms").unsigned(),
  };
}

function recordText(record: InstallRecord): string {
  return yaml().stringify({
    skill_id: record.skillId,
    version: record.version,
    managed: record.managed,
    source: {
      source_type: record.source.sourceType,
      locator: record.source.locator,
      tag: record.source.tag ?? null,
    },
    installed_at_unix_ms: Math.trunc(record.installedAt),
  });
}
