/**
 * What is particular about the origin private file system of Chromium.
 * @module
 */
import { isHeld } from "./held-files.ts";
import { isNotFound } from "./store-folder.ts";

/** Each name is written twice: one of this length is more than a block. */
const fillerLength = 20_000;
/** Where a browser takes none so long: so many of what every file system takes. */
const shortFillers = { count: 64, length: 240 };

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
  const folder = await root.getDirectoryHandle("luaskills-fillers", { create: true });
  const left: string[] = [];
  for await (const name of folder.keys()) left.push(name);
  const run = crypto.randomUUID();
  const { count, length } = shortFillers;
  const made = await make(folder, [run.padEnd(fillerLength, "-")]).catch(() =>
    // Where there is no room, there is none for these either.
    make(
      folder,
      Array.from({ length: count }, (_, i) => `${run}-${i}`.padEnd(length, "-")),
    ),
  );
  await Promise.all([...left, ...made].map((name) => remove(folder, name)));
}

async function make(folder: FileSystemDirectoryHandle, names: readonly string[]): Promise<readonly string[]> {
  await Promise.all(names.map((name) => folder.getFileHandle(name, { create: true })));
  return names;
}

/** What somebody else removes at this moment goes without us. */
async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch (error) {
    if (!isHeld(error) && !isNotFound(error)) throw error;
  }
}
