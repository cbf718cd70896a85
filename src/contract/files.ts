/**
 * The virtual filesystem as the page has it.
 * @module
 */
import type { JsonObject } from "./json.ts";

/** Whatever holds bytes: a Uint8Array, any other view, an ArrayBuffer, a Blob or File. Text is not meant. */
export type BytesLike = ArrayBufferView | ArrayBuffer | Blob;

/** Where a package comes from: its bytes, its address, or the native SkillInstallRequest. */
export type InstallSource =
  | { readonly zip: BytesLike; readonly skillId?: string; readonly sha256?: string }
  | { readonly url: string | URL; readonly skillId?: string; readonly sha256?: string }
  | { readonly request: JsonObject };

export interface FileStat {
  readonly kind: "file" | "dir" | "symlink" | "other";
  /** Bytes; 0 for directories. */
  readonly size: number;
  /** Unix milliseconds. */
  readonly modifiedMs: number;
  readonly readonly: boolean;
  /** Another text once the file's content changed or another file took its place. Compared within one process only. */
  readonly version?: string;
}

/** Files of the virtual filesystem, from the page. Paths are absolute. */
export interface RuntimeFs {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Creates parents. Durable when it resolves. */
  write(path: string, content: string | BytesLike): Promise<void>;
  stat(path: string): Promise<FileStat | undefined>;
  list(path: string): Promise<string[]>;
  mkdir(path: string): Promise<void>;
  remove(path: string, options?: { recursive?: boolean }): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  /** Unpacks a zip below `path`. Nothing is written when the archive breaks a rule. */
  importZip(path: string, zip: BytesLike, options?: { signal?: AbortSignal }): Promise<{ files: number }>;
  /** The subtree as a zip. */
  exportZip(path: string, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
}
