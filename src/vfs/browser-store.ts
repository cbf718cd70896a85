/**
 * Where a browser keeps a store: in the log in OPFS or in IndexedDB. Only the code of the one that is used is fetched.
 * @module
 */
import type { StorageOptions } from "../contract/contract.ts";
import type { LogBackend } from "./backends/opfs-log/backend.ts";
import { findFolder, hasSyncFiles, isNotFound, removeFolder } from "./backends/store-folder.ts";
import type { VfsBackend } from "./interface.ts";
import { type BrowserLimits, defaultStorageName } from "./store-options.ts";
import type { Mover } from "./tree-store.ts";

type BrowserStorage = Extract<StorageOptions, { kind: "opfs" | "indexeddb" | "browser" }>;

export interface OpenedBackend {
  readonly backend: VfsBackend;
  readonly persisted: boolean;
  readonly mover: Mover | undefined;
}

/** @throws LuaSkillsError `storage_unavailable` | `storage_corrupt` | `storage_error` */
export async function openBrowserBackend(
  storage: BrowserStorage,
  limits: BrowserLimits,
  rehearsed?: RehearsedStore,
): Promise<OpenedBackend> {
  const [backend, persisted] = await Promise.all([open(storage, limits, rehearsed), askToPersist()]);
  const { kind, name = defaultStorageName } = storage;
  // With a kind that was asked for the next start would look for the store in its old place.
  return { backend, persisted, mover: kind === "browser" ? moverOf({ name, ...limits }) : undefined };
}

/** What a start need not do again: the folder of a log was found, and names in it are safe. Undefined: there was none. */
export type RehearsedStore = FileSystemDirectoryHandle | undefined;

/** Fetches and runs what a start needs to read the store, and changes nothing in it: the store is somebody else's. */
export async function rehearseBrowserStore({
  kind,
  name = defaultStorageName,
}: BrowserStorage): Promise<RehearsedStore> {
  const folder = kind === "indexeddb" ? undefined : await findFolder("store", name);
  if (folder) await (await logModule()).rehearseLog(folder);
  else await databaseModule();
  return folder;
}

async function open(storage: BrowserStorage, limits: BrowserLimits, rehearsed: RehearsedStore): Promise<VfsBackend> {
  const { kind, name = defaultStorageName } = storage;
  const salvage = kind !== "browser" && storage.salvage === true;
  if (kind === "indexeddb") {
    if (!salvage) return openIndexedDb(name, limits);
    return (await import("./backends/salvaged-database.ts")).openSalvagedDatabase(name, limits.deadBytes);
  }
  if (kind === "opfs") {
    const found = salvage ? undefined : await existingLog(name, limits, rehearsed);
    return found ?? (await logModule()).openLogBackend({ name, deadBytes: limits.deadBytes, salvage });
  }
  const log = await existingLog(name, limits, rehearsed);
  if (log) return log;
  // A second copy without its database is a store, too: one that the browser lost half of.
  const inDatabase = (await hasDatabase(name)) || (await findFolder("checkpoint", name)) !== undefined;
  if (inDatabase || !(await hasSyncFiles())) return openIndexedDb(name, limits);
  return (await logModule()).openLogBackend({ name, deadBytes: limits.deadBytes });
}

const logModule = (): Promise<typeof import("./backends/opfs-log/open.ts")> => import("./backends/opfs-log/open.ts");
const databaseModule = (): Promise<typeof import("./backends/open-database.ts")> =>
  import("./backends/open-database.ts");

async function openIndexedDb(name: string, limits: BrowserLimits): Promise<VfsBackend> {
  const { openDatabase } = await databaseModule();
  const { database, backend } = await openDatabase(name, limits.deadBytes);
  if (!database.staging) return backend;
  // A move into it was cut off. Whether it had come to its end is for the log to say.
  await backend.close();
  const log = await existingLog(name, limits);
  await log?.close();
  const again = await openDatabase(name, limits.deadBytes);
  if (again.database.staging) await again.database.clear({ staging: false });
  return again.backend;
}

/** The log of that name, when it is a store. What an interrupted move left is put in order. */
async function existingLog(
  name: string,
  limits: BrowserLimits,
  rehearsed?: RehearsedStore,
): Promise<VfsBackend | undefined> {
  const { deadBytes } = limits;
  const backend =
    (rehearsed && (await openRehearsed(rehearsed, { name, deadBytes }))) ?? (await openFound({ name, deadBytes }));
  if (!backend) return undefined;
  const { log } = backend;
  if (log.isNew || log.state === "live") {
    if (!log.isNew) return backend;
    await backend.close();
    return undefined;
  }
  const { arriveInDatabase, removeDatabase } = await databaseModule();
  if (log.state === "arrived") {
    await removeDatabase(name);
    await log.setState("live");
    return backend;
  }
  if (log.state === "moved" && !(await arriveInDatabase(name, limits.deadBytes))) {
    // The browser lost where it went.
    await log.expectWhole();
    await log.setState("live");
    return backend;
  }
  await backend.close();
  await removeFolder("store", name);
  return undefined;
}

type LogPlace = Pick<BrowserLimits, "deadBytes"> & { readonly name: string };

async function openFound(place: LogPlace): Promise<LogBackend | undefined> {
  const found = await findFolder("store", place.name);
  return found && (await logModule()).openLogBackend({ ...place, found });
}

/** Undefined when it is not there any more: it may have been moved or cleared since. */
async function openRehearsed(found: FileSystemDirectoryHandle, place: LogPlace): Promise<LogBackend | undefined> {
  try {
    return await (await logModule()).openLogBackend({ ...place, found, namesAreSafe: true });
  } catch (error) {
    if (!(error instanceof Error) || !isNotFound(error.cause)) throw error;
    return undefined;
  }
}

const patienceMs = 2000;

/** Looks without making one. A database that does not answer counts: opening it says what is wrong. */
async function hasDatabase(name: string): Promise<boolean> {
  if (typeof indexedDB === "undefined") return false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), patienceMs);
    const answer = (is: boolean): void => {
      clearTimeout(timer);
      resolve(is);
    };
    try {
      const request = indexedDB.open(name);
      let fresh = false;
      request.onupgradeneeded = () => {
        fresh = true;
        request.transaction?.abort();
      };
      request.onsuccess = () => {
        request.result.close();
        answer(true);
      };
      request.onerror = () => answer(!fresh);
    } catch {
      answer(true);
    }
  });
}

function moverOf(place: BrowserLimits & { readonly name: string }): Mover {
  return async (tree, from, to) => (await import("./move/move-store.ts")).moveStore(tree, from, to, place);
}

/**
 * Whether the browser promised to keep the store. Workers can only ask; a page also asks for the promise, but does not
 * wait for it: Firefox answers when its user does. The next start sees what came of it.
 */
async function askToPersist(): Promise<boolean> {
  const storage = globalThis.navigator?.storage as Partial<StorageManager> | undefined;
  try {
    if ((await storage?.persisted?.()) === true) return true;
    storage?.persist?.().catch(() => undefined);
  } catch {
    // Opaque origins throw here. The answer is an honest "no"; the store itself works or fails on its own.
  }
  return false;
}
