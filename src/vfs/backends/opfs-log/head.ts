/**
 * Which files are the store. Each owner has a head file of its own with two places, written in turns: a kill while one is
 * written leaves the other. The head of the latest owner counts, whatever an earlier one may still write.
 * @module
 */
import { sameBytes } from "../../../base/bytes/same-bytes.ts";
import { LuaSkillsError } from "../../../errors.ts";
import { type Checksum, checksumBytes } from "./checksum.ts";
import { type LogFile, readFully } from "./files.ts";
import { viewOf } from "./frame.ts";
import { logVersion } from "./log-file.ts";

/**
 * `staging`: being filled, not a store yet. `arrived`: a store, whose old place has not been cleared yet. `moved`: its content
 * lives elsewhere now.
 */
export type LogState = "staging" | "live" | "moved" | "arrived";

export interface HeadFile {
  readonly name: string;
  readonly id: bigint;
  /** Bytes that count; undefined: the file that is written to. */
  readonly sealed: number | undefined;
}

export interface Head {
  readonly turn: number;
  readonly state: LogState;
  /** In the order in which they count: a later record replaces an earlier one. */
  readonly files: readonly HeadFile[];
}

const magic = new TextEncoder().encode("LSWHEAD\n");
const slotBytes = 16 * 1024;
const headerBytes = 56;
const checksumAt = 40;
const states: readonly LogState[] = ["staging", "live", "moved", "arrived"];
const open = 0xffff_ffff_ffff_ffffn;

export function writeHead(file: LogFile, head: Head, slot: number, epoch: number, checksum: Checksum): void {
  const bytes = encodeHead(head, epoch, checksum);
  file.write(bytes, slot * slotBytes);
  file.flush();
}

function encodeHead(head: Head, epoch: number, checksum: Checksum): Uint8Array {
  const names = head.files.map(({ name }) => new TextEncoder().encode(name));
  const length = names.reduce((sum, name) => sum + 17 + name.length, headerBytes);
  if (length > slotBytes)
    throw new LuaSkillsError("internal", `the log has ${names.length} files: too many for its head`);
  const out = new Uint8Array(length);
  const view = viewOf(out);
  out.set(magic);
  view.setUint32(8, logVersion, true);
  view.setUint32(12, length, true);
  view.setBigUint64(16, BigInt(head.turn), true);
  view.setUint32(24, states.indexOf(head.state), true);
  view.setUint32(28, names.length, true);
  view.setBigUint64(32, BigInt(epoch), true);
  let at = headerBytes;
  for (const [i, { id, sealed }] of head.files.entries()) {
    const name = names[i] as Uint8Array;
    view.setUint8(at, name.length);
    view.setBigUint64(at + 1, id, true);
    view.setBigUint64(at + 9, sealed === undefined ? open : BigInt(sealed), true);
    out.set(name, at + 17);
    at += 17 + name.length;
  }
  out.set(headChecksum(out, checksum), checksumAt);
  return out;
}

export interface FoundHead {
  readonly head: Head;
  readonly slot: number;
}

/** The newer of the two that are whole. @throws LuaSkillsError `storage_error` when a newer version wrote them */
export function readHead(file: LogFile, checksum: Checksum): FoundHead | undefined {
  let newest: FoundHead | undefined;
  for (const slot of [0, 1]) {
    const head = decodeSlot(file, slot, checksum);
    if (head && head.turn > (newest?.head.turn ?? 0)) newest = { head, slot };
  }
  return newest;
}

function decodeSlot(file: LogFile, slot: number, checksum: Checksum): Head | undefined {
  // What the file does not have is zeros here, which are no head, or one whose checksum is wrong.
  const bytes = new Uint8Array(slotBytes);
  readFully(file, bytes, slot * slotBytes);
  if (!sameBytes(bytes.subarray(0, magic.length), magic)) return undefined;
  const view = viewOf(bytes);
  const version = view.getUint32(8, true);
  if (version > logVersion && version < 1000) throw newer(version);
  const all = bytes.subarray(0, view.getUint32(12, true));
  if (!sameBytes(headChecksum(all, checksum), all.subarray(checksumAt, checksumAt + checksumBytes))) return undefined;
  const files: HeadFile[] = [];
  let at = headerBytes;
  for (let i = view.getUint32(28, true); i > 0; i--) {
    const nameBytes = view.getUint8(at);
    const sealed = view.getBigUint64(at + 9, true);
    files.push({
      name: new TextDecoder().decode(all.subarray(at + 17, at + 17 + nameBytes)),
      id: view.getBigUint64(at + 1, true),
      sealed: sealed === open ? undefined : Number(sealed),
    });
    at += 17 + nameBytes;
  }
  const state = states[view.getUint32(24, true)] ?? "live";
  return { turn: Number(view.getBigUint64(16, true)), state, files };
}

function headChecksum(bytes: Uint8Array, checksum: Checksum): Uint8Array {
  return checksum(bytes.subarray(0, checksumAt), bytes.subarray(headerBytes));
}

function newer(version: number): LuaSkillsError {
  return new LuaSkillsError(
    "storage_error",
    `this store was written in version ${version} of the log format, and this version of luaskills-wasm reads up to ${logVersion}; ` +
      "it was left untouched. Use the version that wrote it, or a later one, or choose another storage name.",
    { data: { found: version, known: logVersion } },
  );
}
