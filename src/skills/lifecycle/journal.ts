/**
 * The journal of an operation in flight: enough to put the old version back, or to finish, after a crash at any point.
 * It exists from before the first change until nothing is left to do.
 * @module
 */
import { parentPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { OptionReader } from "../options/option-reader.ts";
import { isDirectory, readText, readTextIfPresent, removeTree, replaceText } from "../vfs-text.ts";
import { type InFlight, journalDir } from "./in-flight.ts";

export interface JournalEntry {
  readonly action: "Install" | "Update" | "Uninstall";
  readonly skillId: string;
  /** Package directory in its root. */
  readonly skillDir: string;
  /** Where an archive is unpacked. */
  readonly stagingDir: string | null;
  /** Where the previous package waits. */
  readonly backupDir: string | null;
  /** State files as they were before, by path; null where there was none. */
  readonly stateFiles: ReadonlyArray<readonly [path: string, before: string | null]>;
  /** Trees to remove once the change is committed. */
  readonly cleanup: readonly string[];
}

type Phase = "prepared" | "committed";

/** Where journals are kept. */
export interface JournalPlace {
  readonly vfs: Vfs;
  readonly inFlight: InFlight;
}

export class Journal {
  readonly #vfs: Vfs;
  readonly #inFlight: InFlight;
  readonly #path: string;
  readonly entry: JournalEntry;

  private constructor({ vfs, inFlight }: JournalPlace, path: string, entry: JournalEntry) {
    this.#vfs = vfs;
    this.#inFlight = inFlight;
    this.#path = path;
    this.entry = entry;
  }

  /** Written before the operation touches anything. */
  static begin(place: JournalPlace, stateDir: string, entry: JournalEntry): Journal {
    const journal = new Journal(place, `${journalDir(stateDir)}/${entry.skillId}.json`, entry);
    journal.#write("prepared");
    place.inFlight.add(journal.#path);
    return journal;
  }

  /** Operations a crash cut off, with what they had reached. @throws LuaSkillsError when a journal cannot be read. */
  static interrupted(place: JournalPlace, stateDir: string): Array<{ journal: Journal; phase: Phase }> {
    const { vfs } = place;
    const dir = journalDir(stateDir);
    if (!isDirectory(vfs, dir)) return [];
    const names = vfs.list(dir);
    // Half-written journals: their operation had not touched anything yet, or the whole one beside them counts.
    for (const name of names) if (!name.endsWith(".json")) removeTree(vfs, `${dir}/${name}`);
    if (vfs.list(dir).length === 0) vfs.remove(dir);
    return names
      .filter((name) => name.endsWith(".json"))
      .map((name) => {
        const path = `${dir}/${name}`;
        const { phase, entry } = decode(readText(vfs, path), path);
        return { journal: new Journal(place, path, entry), phase };
      });
  }

  /** The point of no return: from here on a crash leads to the new version. */
  commit(): void {
    this.#write("committed");
  }

  /** Puts everything back as it was. Safe to repeat, and safe at whatever point the operation stopped. */
  rollBack(): void {
    const { action, skillDir, backupDir, stagingDir } = this.entry;
    if (backupDir !== null && isDirectory(this.#vfs, backupDir)) {
      removeTree(this.#vfs, skillDir);
      this.#vfs.rename(backupDir, skillDir);
    } else if (action === "Install") {
      removeTree(this.#vfs, skillDir);
    }
    for (const [path, before] of this.entry.stateFiles) {
      if (before === null) removeTree(this.#vfs, path);
      else if (readTextIfPresent(this.#vfs, path) !== before) replaceText(this.#vfs, path, before);
    }
    if (stagingDir !== null) removeTree(this.#vfs, stagingDir);
    this.#remove();
  }

  /** After the commit: what only the rollback needed. Safe to repeat. */
  removeLeftovers(): void {
    for (const path of [this.entry.stagingDir, this.entry.backupDir]) if (path !== null) removeTree(this.#vfs, path);
  }

  /** Nothing is left to do. */
  close(): void {
    this.#remove();
  }

  /** Everything a committed change still had to do when it was cut off. Safe to repeat. */
  finish(): void {
    this.removeLeftovers();
    for (const path of this.entry.cleanup) removeTree(this.#vfs, path);
    this.#remove();
  }

  #write(phase: Phase): void {
    replaceText(this.#vfs, this.#path, JSON.stringify({ phase, ...this.entry }, null, 2));
  }

  #remove(): void {
    this.#inFlight.delete(this.#path);
    removeTree(this.#vfs, this.#path);
    // A replacement cut off before its rename.
    for (const [path] of this.entry.stateFiles) removeTree(this.#vfs, `${path}.tmp`);
    const dir = parentPath(this.#path);
    if (dir !== undefined && isDirectory(this.#vfs, dir) && this.#vfs.list(dir).length === 0) this.#vfs.remove(dir);
  }
}

function decode(text: string, path: string): { phase: Phase; entry: JournalEntry } {
  try {
    const json = new OptionReader(JSON.parse(text), path);
    const pairs = json.required("stateFiles").value as Array<[string, string | null]>;
    return {
      phase: json.required("phase").oneOf("prepared", "committed"),
      entry: {
        action: json.required("action").oneOf("Install", "Update", "Uninstall"),
        skillId: json.required("skillId").string(),
        skillDir: json.required("skillDir").string(),
        stagingDir: json.optional("stagingDir")?.string() ?? null,
        backupDir: json.optional("backupDir")?.string() ?? null,
        stateFiles: pairs,
        cleanup: json.required("cleanup").strings(),
      },
    };
  } catch (thrown) {
    throw new LuaSkillsError("storage_error", `Failed to read lifecycle journal ${path}: ${String(thrown)}`, {
      data: { file: path },
      cause: thrown,
    });
  }
}
