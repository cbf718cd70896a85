/**
 * For tests only: an IndexedDB without databases, and records in it. Test files share a process, and would find each other's.
 * @module
 */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { onTestFinished } from "vitest";
import { IndexedDbBackend } from "../vfs/backends/indexeddb.ts";

export function freshIndexedDb(): void {
  globalThis.indexedDB = new IDBFactory();
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A commit of one record. */
export const put = (key: string, text: string) => ({ puts: [[key, bytes(text)] as const], deletes: [] });

/** Closed when the test is over. */
export async function openRecords(name: string): Promise<IndexedDbBackend> {
  const backend = await IndexedDbBackend.open(name);
  onTestFinished(() => backend.close());
  return backend;
}
