/**
 * Downloading a skill archive: cache, checksum, one redownload (spec engine.md §8.8).
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { removeTree } from "../vfs-text.ts";
import { downloadExtension } from "./cache-name.ts";
import { checksumComplaint } from "./checksum.ts";
import type { Network } from "./network.ts";

export interface ArchiveRequest {
  readonly skillId: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  /** URL prefixes the archive and its redirects must lie below. */
  readonly allowlist?: readonly string[];
}

export interface DownloadedArchive {
  readonly bytes: Uint8Array;
  /** Where it is cached; names the archive in messages. */
  readonly file: string;
}

export interface DownloadObserver {
  cacheHit(): void;
  /** For every piece of at most 64 KiB; `total` is null when the server does not say. */
  progress(done: number, total: number | null): void;
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
  const cacheKey = `skill-${request.skillId}-${request.version}`;
  const file = joinPath(cacheDir, cacheKey + downloadExtension(request.url));
  const fetchFresh = async () => {
    const onProgress = (done: number, total: number | null) => observer.progress(done, total);
    const bytes = await network.bytes(network.downloadUrl(request.url), {
      allowlist: request.allowlist,
      onProgress,
      cacheKey,
    });
    vfs.mkdir(cacheDir, { recursive: true });
    vfs.writeFile(file, bytes);
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
