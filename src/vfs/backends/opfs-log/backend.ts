/**
 * The tree's records in the log: nodes are read at the start, the content of files when it is touched.
 * @module
 */
import { messageOf } from "../../../base/message-of.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { CommitBatch, RecordShape, StoreDamage, VfsBackend } from "../../interface.ts";
import { isFull, noRoom, siteDataCleared } from "../site-data.ts";
import { isNotFound } from "../store-folder.ts";
import type { FrameRecords } from "./frame.ts";
import type { Log } from "./log.ts";

/** Small files come with the index, which is read as a whole; frames make packs needless. */
const logShape: RecordShape = { inlineBytes: 256, packFrom: Number.POSITIVE_INFINITY };

/** Of a second copy a start reads which records there are: what they hold it has from the database. */
export const copyInlineBytes = logShape.inlineBytes;

export class LogBackend implements VfsBackend {
  readonly kind = "opfs";
  readonly shape = logShape;

  constructor(
    readonly log: Log,
    readonly salvage: boolean = false,
    /** A value of more bytes is read when it is wanted, as the content of files always is. */
    private readonly inlineBytes: number = Number.POSITIVE_INFINITY,
  ) {}

  async load(): Promise<Iterable<readonly [string, unknown]>> {
    return this.log.index.load();
  }

  read(key: string): Uint8Array {
    return this.log.read(key);
  }

  async commit(batch: CommitBatch): Promise<void> {
    try {
      await this.log.commit(recordsOf(batch, this.inlineBytes));
    } catch (error) {
      if (error instanceof LuaSkillsError) throw error;
      // No file can be made in a folder that is not there any more.
      if (isNotFound(error)) throw siteDataCleared();
      if (isFull(error)) throw noRoom("OPFS", error);
      const reason = messageOf(error);
      throw new LuaSkillsError("storage_error", `the store in OPFS could not be written: ${reason}`, { cause: error });
    }
  }

  async *verify(): AsyncGenerator<number, StoreDamage[], undefined> {
    const damages = yield* this.log.verify();
    // What opening found is found again, unless it is of a file that is not there.
    const known = new Set(damages.map(({ file, at }) => `${file}:${at}`));
    const all = [...damages, ...this.log.damages.filter(({ file, at }) => !known.has(`${file}:${at}`))];
    return [
      ...all.map(({ file, at, bytes, what }) => ({ where: file, what: `${what} (byte ${at}, ${bytes} bytes)` })),
      ...this.log.problems.map((what) => ({ where: "log", what })),
    ];
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

function recordsOf({ puts, deletes }: CommitBatch, inlineBytes: number): FrameRecords {
  const inline: Array<readonly [string, Uint8Array]> = [];
  const content: Array<readonly [string, Uint8Array]> = [];
  for (const [key, value] of puts) {
    const bytes = value as Uint8Array;
    (key.startsWith("c/") || bytes.length > inlineBytes ? content : inline).push([key, bytes]);
  }
  return { inline, content, deletes };
}
