/**
 * The log store: an append-only log of commits over synchronous files. A commit is one write and one flush of one frame;
 * what no longer counts is left behind by compaction. docs/storage-format.md has every byte.
 *
 * An engine takes over with its first commit: a head of its own seals what it has read, and a file of its own takes what it
 * writes. A predecessor that was terminated may go on writing; nobody reads it.
 * @module
 */
import { sameBytes } from "../../../base/bytes/same-bytes.ts";
import { messageOf } from "../../../base/message-of.ts";
import { LuaSkillsError } from "../../../errors.ts";
import { siteDataCleared } from "../site-data.ts";
import { compactFrom, copyLive } from "./compaction.ts";
import { damagedStore, unreadable } from "./corrupt.ts";
import { type LogDirectory, type LogFile, readFully, writeParts } from "./files.ts";
import { contentChecksum, encodeFrame, type FrameRecords } from "./frame.ts";
import { type HeadFile, type LogState, writeHead } from "./head.ts";
import { type Damage, encodeFileHeader, fileHeaderBytes } from "./log-file.ts";
import { type DataFile, deadBytes, type LogIndex, type Ref } from "./log-index.ts";
import type { LogOptions } from "./log-options.ts";
import { type OpenedLog, readLog } from "./open-log.ts";
import { Presence } from "./presence.ts";
import { verifyFiles } from "./verify.ts";

/**
 * Before files that an older head lists are removed. A terminated worker gets no more timers, and lives for two seconds at
 * most (Chromium): when this has passed since the new head was written, no engine has the old one in its hands.
 */
const removeAfterMs = 3000;

interface HeadPlace {
  readonly file: LogFile;
  readonly epoch: number;
  turn: number;
  /** The one that holds `turn`. */
  slot: number;
}

export class Log {
  readonly index: LogIndex;
  /** Found while opening, in salvage only; and what has gone wrong since. */
  readonly damages: readonly Damage[];
  readonly problems: string[] = [];
  /** Nothing was there when it was opened. */
  readonly isNew: boolean;
  #files: DataFile[];
  #state: LogState;
  #epoch: number;
  #head: HeadPlace | undefined;
  /** Where the last file ends, or which head counts, is not certain: the next write begins with a new file and a new head. */
  #uncertain = false;
  readonly #presence: Presence;
  #number = 0;
  #closed = false;
  #exclusive: Promise<unknown> = Promise.resolve();
  #compaction: Promise<void> | undefined;
  #compactBytes: number;
  #others: string[];
  readonly #retired = new Set<string>();
  readonly #timers = new Set<() => void>();

  private constructor(
    private readonly directory: LogDirectory,
    private readonly options: LogOptions,
    opened: OpenedLog,
  ) {
    this.#presence = new Presence(directory);
    this.index = opened.index;
    this.damages = opened.damages;
    this.isNew = opened.state === undefined;
    this.#files = [...opened.files];
    this.#state = opened.state ?? options.state ?? "live";
    this.#epoch = opened.epoch;
    this.#others = [...opened.others];
    this.#compactBytes = options.compactBytes;
  }

  /** @throws LuaSkillsError `storage_corrupt` | `storage_error` */
  static async open(directory: LogDirectory, options: LogOptions): Promise<Log> {
    const log = new Log(directory, options, await readLog(directory, options.checksum));
    // Of what is not a store any more, or not yet, a removal that was cut off may have left a part.
    if (options.salvage === true || log.state === "moved" || log.state === "staging") return log;
    await log.expectWhole();
    // The first commit waits for it, and tells what was wrong.
    directory.secureNames().catch(() => {});
    return log;
  }

  /** Closes a log that is not. @throws LuaSkillsError `storage_corrupt` */
  async expectWhole(): Promise<void> {
    if (this.damages.length === 0) return;
    await this.close();
    throw damagedStore(this.damages, this.index.refs.size);
  }

  get state(): LogState {
    return this.#state;
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.#files.reduce((sum, { length }) => sum + length, 0);
  }

  get fileCount(): number {
    return this.#files.length;
  }

  /** The newest value. @throws LuaSkillsError `storage_corrupt` */
  read(key: string): Uint8Array<ArrayBuffer> {
    const ref = this.index.refs.get(key);
    if (ref === undefined) throw new LuaSkillsError("internal", `the log has no record "${key}"`);
    const bytes = new Uint8Array(ref.length);
    const got = readFully(ref.in.file, bytes, ref.at);
    if (got < ref.length || !this.#isSound(bytes, ref)) throw unreadable(ref.in.name, ref.at, key);
    return bytes;
  }

  /** Small values have no checksum of their own. */
  #isSound(bytes: Uint8Array, ref: Ref): boolean {
    if (ref.kind === "inline") return true;
    return ref.head !== undefined && sameBytes(this.options.checksum(bytes), contentChecksum(ref.head, ref));
  }

  /** All or nothing; durable when it resolves. @throws what the files throw; the same records may be written again then */
  async commit(records: FrameRecords): Promise<void> {
    await this.#alone(async () => {
      const target = await this.#writable();
      const frame = encodeFrame(records, target.id, target.sequence + 1, this.options.checksum);
      const head = `head-${this.#epoch}`;
      const there = this.#presence.seen(head);
      let written: number;
      try {
        written = writeParts(target.file, frame.parts, target.length);
        target.file.flush();
        if (!(await there)) throw siteDataCleared();
      } catch (error) {
        this.#cutTail(target);
        // Handles of files that were taken away fail in the browser's own words, or not at all.
        throw (await this.directory.has(head).catch(() => true)) ? error : siteDataCleared();
      }
      this.index.apply(target, frame, target.length);
      target.length += written;
      target.sequence = frame.sequence;
    });
    this.#compactWhenDue();
  }

  /** What the store counts as from now on; durable when it resolves. */
  setState(state: LogState): Promise<void> {
    return this.#alone(async () => {
      const before = this.#state;
      this.#state = state;
      try {
        if (this.#head === undefined || this.#uncertain) await this.#writable();
        else this.#writeHead(this.#files);
      } catch (error) {
        this.#state = before;
        throw error;
      }
    });
  }

  /** Reads everything there is. Answers the damage. */
  verify(): AsyncGenerator<number, Damage[], undefined> {
    return verifyFiles(() => this.#files, this.options.checksum);
  }

  /** Waits until nothing is left to compact; for tests and measurements. */
  async settle(): Promise<void> {
    while (this.#compaction) await this.#compaction;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#compaction;
    await this.#exclusive;
    for (const cancel of this.#timers) cancel();
    this.#seal();
    for (const { file } of this.#files) file.close();
    this.#head?.file.close();
    await this.#removeRetired();
  }

  /** Says where the last file ends, too: a start need not look whether the last commit is whole. */
  #seal(): void {
    if (!this.#head || this.#uncertain) return;
    try {
      this.#writeHead(this.#files, true);
    } catch {
      // The head before this one says enough.
    }
  }

  /** One after another: whoever changes files or heads must not meet another who does. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#exclusive.then(() => {
      this.#proceed();
      return work();
    });
    this.#exclusive = run.catch(() => undefined);
    return run;
  }

  #proceed(): void {
    if (this.#closed) throw new LuaSkillsError("storage_error", "the store is closed");
  }

  /** The file commits go to. */
  async #writable(): Promise<DataFile> {
    if (this.options.salvage === true) {
      throw new LuaSkillsError("storage_error", "a store that was opened to be salvaged cannot be written to");
    }
    const last = this.#files.at(-1);
    if (this.#head && last && !this.#uncertain) return last;
    return this.#head ? this.#begin() : this.#takeOver();
  }

  async #takeOver(): Promise<DataFile> {
    await this.directory.secureNames();
    this.#epoch++;
    this.#number = 0;
    const [log, head] = await Promise.allSettled([this.#create("log"), this.directory.create(`head-${this.#epoch}`)]);
    if (log.status === "rejected" || head.status === "rejected") {
      if (log.status === "fulfilled") log.value.file.close();
      if (head.status === "fulfilled") head.value.close();
      throw log.status === "rejected" ? log.reason : (head as PromiseRejectedResult).reason;
    }
    const fresh = log.value;
    const file = head.value;
    try {
      this.#head = { file, epoch: this.#epoch, turn: 0, slot: 1 };
      this.#writeHead([...this.#files, fresh]);
    } catch (error) {
      this.#head = undefined;
      this.#uncertain = false;
      fresh.file.close();
      file.close();
      throw error;
    }
    this.#files.push(fresh);
    // No head that may still be read lists them, so there is nobody to wait for.
    for (const name of this.#others) this.#retired.add(name);
    this.#others = [];
    void this.#removeRetired();
    return fresh;
  }

  /** A new file for commits; the one before it ends where it ends now. */
  async #begin(): Promise<DataFile> {
    const fresh = await this.#create("log");
    try {
      this.#writeHead([...this.#files, fresh]);
    } catch (error) {
      fresh.file.close();
      throw error;
    }
    this.#files.push(fresh);
    this.#uncertain = false;
    return fresh;
  }

  async #create(kind: "log" | "pack"): Promise<DataFile> {
    const name = `${kind}-${this.#epoch}-${++this.#number}`;
    const file = await this.directory.create(name);
    try {
      const [id = 0n] = crypto.getRandomValues(new BigUint64Array(1));
      file.write(encodeFileHeader(id, this.#epoch, this.options.checksum), 0);
      file.flush();
      return { name, id, file, length: fileHeaderBytes, live: 0, sequence: 0 };
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The last of the files is the open one, unless `sealed`. When it fails, nobody knows which head counts. */
  #writeHead(files: readonly DataFile[], sealed = false): void {
    const head = this.#head as HeadPlace;
    const slot = 1 - head.slot;
    const list = files.map(
      ({ name, id, length }, i): HeadFile => ({
        name,
        id,
        sealed: i === files.length - 1 && !sealed ? undefined : length,
      }),
    );
    const turn = head.turn + 1;
    head.turn = turn;
    try {
      writeHead(head.file, { turn, state: this.#state, files: list }, slot, head.epoch, this.options.checksum);
    } catch (error) {
      // The next head goes to the same place again: the other one is the last that is known to be whole.
      this.#uncertain = true;
      throw error;
    }
    head.slot = slot;
  }

  /** Takes back what a failed commit may have left. */
  #cutTail(target: DataFile): void {
    try {
      target.file.truncate(target.length);
      target.file.flush();
    } catch {
      // The commit's own error is the one to be told; the next commit goes to another file.
      this.#uncertain = true;
    }
  }

  #compactWhenDue(): void {
    if (this.#compaction || this.#closed) return;
    const from = compactFrom(this.#files, this.#compactBytes);
    if (from === undefined) return;
    this.#compaction = this.#compact(from)
      .then(
        () => {
          this.#compactBytes = this.options.compactBytes;
        },
        (error: unknown) => {
          if (this.#closed) return;
          this.problems.push(`compaction failed: ${messageOf(error)}`);
          // Not again with every commit.
          this.#compactBytes = deadBytes(this.#files) * 2 + this.options.compactBytes;
        },
      )
      .finally(() => {
        this.#compaction = undefined;
      });
  }

  async #compact(from: number): Promise<void> {
    await this.options.pause();
    const { victims, pack } = await this.#alone(async () => {
      await this.#begin();
      return { victims: this.#files.slice(from, -1), pack: await this.#create("pack") };
    });
    try {
      const moves = await copyLive(victims, pack, this.index, {
        checksum: this.options.checksum,
        whole: from === 0,
        pause: () => this.options.pause(),
        proceed: () => this.#proceed(),
      });
      await this.#alone(async () => {
        const rest = this.#files.slice(from + victims.length);
        const files = [...this.#files.slice(0, from), ...(pack.sequence > 0 ? [pack] : []), ...rest];
        this.#writeHead(files);
        this.#files = files;
        for (const { key, ref, at } of moves) this.index.moved(key, ref, pack, at);
      });
    } catch (error) {
      pack.file.close();
      // When it was the head that failed, one that lists the pack may be on the disk: a later start removes it.
      if (!this.#uncertain) await this.directory.remove(pack.name);
      throw error;
    }
    for (const { file } of victims) file.close();
    const names = victims.map(({ name }) => name);
    this.#retire(pack.sequence > 0 ? names : [...names, pack.name]);
  }

  #retire(names: readonly string[]): void {
    for (const name of names) this.#retired.add(name);
    const cancel = this.options.later(removeAfterMs, () => {
      this.#timers.delete(cancel);
      void this.#removeRetired();
    });
    this.#timers.add(cancel);
  }

  async #removeRetired(): Promise<void> {
    const names = [...this.#retired];
    this.#retired.clear();
    await this.options.pause();
    for (const name of names) {
      try {
        await this.directory.remove(name);
      } catch {
        // A predecessor that is not quite gone holds it: the next start finds it again among the files that do not count.
      }
    }
  }
}
