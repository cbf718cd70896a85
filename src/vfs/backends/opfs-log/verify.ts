/**
 * Reading everything a log holds, for a check.
 * @module
 */
import { sameBytes } from "../../../base/bytes/same-bytes.ts";
import type { Checksum } from "./checksum.ts";
import { contentChecksum } from "./frame.ts";
import { type Damage, scanFrames } from "./log-file.ts";
import type { DataFile } from "./log-index.ts";
import { Window } from "./window.ts";

const stepBytes = 4 * 2 ** 20;

/** Gives the bytes so far. */
export async function* verifyFiles(
  files: () => readonly DataFile[],
  checksum: Checksum,
): AsyncGenerator<number, Damage[], undefined> {
  const damages: Damage[] = [];
  let done = 0;
  // Compaction may exchange files meanwhile; those it brings were read when they were written.
  for (const data of [...files()]) {
    const places: Array<{ at: number; length: number; key: string; checksum: Uint8Array }> = [];
    scanFrames(data.file, {
      name: data.name,
      id: data.id,
      sealed: data.length,
      checksum,
      frame: (head, at) => {
        for (const entry of head.entries) {
          if (entry.kind !== "content") continue;
          const { key, length } = entry;
          places.push({ at: at + entry.at, length, key, checksum: contentChecksum(head.bytes, entry) });
        }
      },
      damage: (damage) => damages.push(damage),
    });
    const window = new Window(data.file);
    for (const place of places) {
      if (!files().includes(data)) break;
      const bytes = window.bytes(place.at, place.length);
      if (!bytes || !sameBytes(checksum(bytes), place.checksum)) {
        damages.push({ file: data.name, at: place.at, bytes: place.length, what: `record "${place.key}"` });
      }
      done += place.length;
      if (Math.floor(done / stepBytes) > Math.floor((done - place.length) / stepBytes)) yield done;
    }
  }
  return damages;
}
