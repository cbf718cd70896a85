/**
 * Where log stores lie in the browser's origin private file system, and whether this thread can have one. Small, because
 * every start in a page asks.
 * @module
 */

/** https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle. Only dedicated workers have them, so the DOM's types do not. Exclusive: whoever opens the file next waits. */
export interface SyncHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

export interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(options?: { mode: "readwrite-unsafe" }): Promise<SyncHandle>;
}

/** `store` holds a store, `checkpoint` the second copy of one in IndexedDB. */
export type FolderKind = "store" | "checkpoint";

const nameOf = (kind: FolderKind, store: string): string => `${kind}-${encodeURIComponent(store)}`;

/** Undefined when there is none, or no such file system here. */
export async function findFolder(kind: FolderKind, store: string): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await (await logFolder(false)).getDirectoryHandle(nameOf(kind, store));
  } catch {
    // What cannot be looked at cannot hold a store either; whoever wants to make one hears why.
    return undefined;
  }
}

/** Names have to be safe (chromium-opfs.ts). @throws what the browser says where there are no such files */
export async function makeFolder(kind: FolderKind, store: string): Promise<FileSystemDirectoryHandle> {
  return (await logFolder(true)).getDirectoryHandle(nameOf(kind, store), { create: true });
}

/** A kill meanwhile leaves what says of itself that it is no store: the latest head goes last. */
export async function removeFolder(kind: FolderKind, store: string): Promise<void> {
  try {
    const parent = await logFolder(false);
    const folder = await parent.getDirectoryHandle(nameOf(kind, store));
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    for (const name of inRemovalOrder(names)) await folder.removeEntry(name);
    await parent.removeEntry(nameOf(kind, store), { recursive: true });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Files of a log: what a head lists before the head, an earlier head before a later one. */
export function inRemovalOrder(names: readonly string[]): string[] {
  const rank = (name: string): number => Number(/^head-(\d+)$/.exec(name)?.[1] ?? -1);
  return [...names].sort((a, b) => rank(a) - rank(b));
}

/** Presence proves nothing: WebKitGTK has the function and refuses to do it. */
export async function hasSyncFiles(): Promise<boolean> {
  // allowed: a name two workers must not share, no secret
  const name = `luaskills-probe-${Math.random().toString(36).slice(2)}`;
  try {
    // Not in a folder of ours: it would be made before its name is safe (chromium-opfs.ts).
    const directory = await navigator.storage.getDirectory();
    const file: SyncFileHandle = await directory.getFileHandle(name, { create: true });
    const handle = await file.createSyncAccessHandle?.();
    const closed: unknown = handle?.close();
    await directory.removeEntry(name);
    return handle !== undefined && closed === undefined;
  } catch {
    return false;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotFoundError";
}

async function logFolder(create: boolean): Promise<FileSystemDirectoryHandle> {
  const storage = globalThis.navigator?.storage as Partial<StorageManager> | undefined;
  if (storage?.getDirectory === undefined) throw new Error("this environment has no origin private file system");
  return (await storage.getDirectory()).getDirectoryHandle("luaskills-log", { create });
}
