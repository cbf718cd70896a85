/**
 * For tests only: an IndexedDB without databases. Test files share a process, and would find each other's.
 * @module
 */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";

export function freshIndexedDb(): void {
  globalThis.indexedDB = new IDBFactory();
}
