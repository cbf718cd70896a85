/**
 * Downloading a skill archive: cache, checksum, one redownload (spec engine.md §8.8).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { joinPath } from "../skill-path.ts";
import { removeTree } from "../vfs-text.ts";
import { checksumComplaint } from "./checksum.ts";
import type { Network } from "./network.ts";

export interface ArchiveRequest {
  readonly skillId: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

export interface DownloadedArchive {
  readonly bytes: Uint8Array;
  /** Where it is cached; names the archive in messages. */
  readonly file: string;
}

export interface DownloadObserver {
  cacheHit(): void;
  downloaded(bytes: number): void;
}

/** @throws LuaSkillsError; a file that does not verify is not kept. */
export async function downloadArchive(
  vfs: Vfs,
  network: Network,
  cacheDir: string,
  request: ArchiveRequest,
  observer: DownloadObserver,
): Promise<DownloadedArchive> {
  network.requireAllowed();
  const file = joinPath(cacheDir, `skill-${request.skillId}-${request.version}.zip`);
  const fetchFresh = async () => {
    const bytes = await network.bytes(network.downloadUrl(request.url));
    vfs.mkdir(cacheDir, { recursive: true });
    vfs.writeFile(file, bytes);
    observer.downloaded(bytes.byteLength);
    return bytes;
  };
  const verified = (bytes: Uint8Array) => {
    const complaint = checksumComplaint(bytes, file, request.sha256);
    if (complaint !== undefined) removeTree(vfs, file);
    return complaint;
  };
  let bytes: Uint8Array;
  if (vfs.stat(file, { followLinks: true })?.kind === "file") {
    bytes = vfs.readFile(file);
    observer.cacheHit();
  } else bytes = await fetchFresh();
  const first = verified(bytes);
  if (first === undefined) return { bytes, file };
  bytes = await fetchFresh();
  const second = verified(bytes);
  if (second === undefined) return { bytes, file };
  throw new LuaSkillsError(
    "invalid_archive",
    `${first}. Automatic redownload also failed checksum verification: ${second}`,
    { data: { url: request.url, file } },
  );
}
