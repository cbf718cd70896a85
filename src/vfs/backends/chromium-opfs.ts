/**
 * What is particular about the origin private file system of Chromium.
 * @module
 */
import { isNotFound } from "./store-folder.ts";

/** Each name is written twice: one of these, or all of the others where a browser takes none so long, are more than a block. */
const fillers = [fillerNames(1, 20_000), fillerNames(64, 240)] as const;

function fillerNames(count: number, length: number): string[] {
  return Array.from({ length: count }, (_, i) => `luaskills-filler-${i}`.padEnd(length, "-"));
}

/** Whether a file may be open in two workers; the mark of Chromium. */
export function sharesFiles(): boolean {
  const { FileSystemSyncAccessHandle: handle } = globalThis as { FileSystemSyncAccessHandle?: { prototype: object } };
  return handle !== undefined && "mode" in handle.prototype;
}

/**
 * Names that are made from now on outlast the end of the browser. Chromium keeps the names of a site in a log of 32 KB blocks
 * (LevelDB). A killed browser can leave the last record torn, whoever made it; the next start writes on behind it, and the start
 * after that drops the rest of the block. So the block is filled with names of no meaning: what is made then lies behind it.
 */
export async function secureNames(): Promise<void> {
  // Others keep names elsewhere.
  if (!sharesFiles()) return;
  const root = await navigator.storage.getDirectory();
  const [one, many] = fillers;
  // Where there is no room, there is none for the others either.
  await fill(root, one).catch(() => fill(root, many));
}

async function fill(root: FileSystemDirectoryHandle, names: readonly string[]): Promise<void> {
  const remove = (name: string): Promise<void> =>
    root.removeEntry(name).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  // One that a kill has left would not be written again.
  await Promise.all(names.map(remove));
  await Promise.all(names.map((name) => root.getFileHandle(name, { create: true })));
  await Promise.all(names.map(remove));
}
