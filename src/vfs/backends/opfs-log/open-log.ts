/**
 * Reading a log: which owner's head counts, and what its files hold. Nothing is written, nothing is deleted.
 * @module
 */
import type { Checksum } from "./checksum.ts";
import type { LogDirectory, LogFile } from "./files.ts";
import { type Head, type LogState, readHead } from "./head.ts";
import { type Damage, readFileHeader, scanFrames } from "./log-file.ts";
import { type DataFile, LogIndex } from "./log-index.ts";

/** `head-<epoch>`, `log-<epoch>-<number>`, `pack-<epoch>-<number>`: an epoch is the time of one owner. */
const namePattern = /^(head|log|pack)-(\d+)(?:-(\d+))?$/;

export interface OpenedLog {
  /** Undefined: there is no store yet. */
  readonly state: LogState | undefined;
  readonly files: readonly DataFile[];
  readonly index: LogIndex;
  readonly damages: readonly Damage[];
  /** The latest owner's. */
  readonly epoch: number;
  /** Files that are not part of the store. */
  readonly others: readonly string[];
}

export async function readLog(directory: LogDirectory, checksum: Checksum): Promise<OpenedLog> {
  const names = (await directory.names()).filter((name) => namePattern.test(name));
  const epoch = Math.max(0, ...names.map(epochOf));
  const found = await latestHead(directory, names, checksum);
  const reading = new Reading(checksum);
  const opened: LogFile[] = [];
  try {
    for (const { file, entry } of await openAll(directory, found?.head.files ?? [], names)) {
      if (file) opened.push(file);
      reading.take(entry, file);
    }
    const listed = new Set(found?.head.files.map(({ name }) => name));
    const others = names.filter((name) => !listed.has(name));
    await findLostFiles(directory, others, found?.head.files.at(-1)?.name, reading);
    const { index, files, damages } = reading;
    return { state: found?.head.state, files, index, damages, epoch, others };
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
}

function epochOf(name: string): number {
  return Number(namePattern.exec(name)?.[2] ?? 0);
}

/** A head that was never whole belongs to an owner that had not begun: the one before counts. */
async function latestHead(
  directory: LogDirectory,
  names: readonly string[],
  checksum: Checksum,
): Promise<{ head: Head; name: string } | undefined> {
  const heads = names.filter((name) => name.startsWith("head-")).sort((a, b) => epochOf(b) - epochOf(a));
  for (const name of heads) {
    const file = await directory.open(name);
    try {
      const found = readHead(file, checksum);
      if (found) return { head: found.head, name };
    } finally {
      file.close();
    }
  }
  return undefined;
}

type Entry = Head["files"][number];

async function openAll(
  directory: LogDirectory,
  entries: readonly Entry[],
  names: readonly string[],
): Promise<Array<{ entry: Entry; file: LogFile | undefined }>> {
  const opened = await Promise.allSettled(
    entries.map((entry) => (names.includes(entry.name) ? directory.open(entry.name) : undefined)),
  );
  const failed = opened.find((each) => each.status === "rejected");
  if (failed) {
    for (const each of opened) if (each.status === "fulfilled") each.value?.close();
    throw failed.reason;
  }
  return entries.map((entry, i) => {
    const each = opened[i];
    return { entry, file: each?.status === "fulfilled" ? each.value : undefined };
  });
}

class Reading {
  readonly index = new LogIndex();
  readonly files: DataFile[] = [];
  readonly damages: Damage[] = [];

  constructor(readonly checksum: Checksum) {}

  take({ name, id, sealed }: Entry, file: LogFile | undefined): void {
    if (file === undefined) {
      this.damages.push({ file: name, at: 0, bytes: sealed ?? 0, what: "a file that is missing" });
      return;
    }
    if (readFileHeader(file, this.checksum) !== id) {
      this.damages.push({ file: name, at: 0, bytes: 64, what: "a file's header that cannot be read" });
    }
    const data: DataFile = { name, id, file, length: 0, live: 0, sequence: 0 };
    this.files.push(data);
    const { end, sequence } = scanFrames(file, {
      name,
      id,
      sealed,
      checksum: this.checksum,
      frame: (head, at) => this.index.apply(data, head, at),
      damage: (damage) => this.damages.push(damage),
    });
    data.length = end;
    data.sequence = sequence;
  }
}

/** Files that were begun later. */
function isLater(name: string, than: string): boolean {
  const [, , epoch, number] = namePattern.exec(name) ?? [];
  const [, , thanEpoch, thanNumber] = namePattern.exec(than) ?? [];
  return Number(epoch) - Number(thanEpoch) > 0 || (epoch === thanEpoch && Number(number) > Number(thanNumber));
}

/** A file of commits that is later than all the head knows: the head that listed it is gone. */
async function findLostFiles(
  directory: LogDirectory,
  others: readonly string[],
  openName: string | undefined,
  reading: Reading,
): Promise<void> {
  for (const name of others) {
    if (!name.startsWith("log-") || (openName !== undefined && !isLater(name, openName))) continue;
    const file = await directory.open(name);
    try {
      const id = readFileHeader(file, reading.checksum);
      if (id === undefined) continue;
      const { sequence } = scanFrames(file, {
        name,
        id,
        sealed: undefined,
        checksum: reading.checksum,
        frame: () => {},
        damage: () => {},
      });
      if (sequence === 0) continue;
      reading.damages.push({ file: name, at: 0, bytes: file.size, what: "commits that no head record lists" });
    } finally {
      file.close();
    }
  }
}
