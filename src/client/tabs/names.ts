/** What tabs over one store call things; the same in all of them, so a change is another protocol. @module */

/** Who holds this lock owns the store. The engine's own lock has the same name where none is held for it (vfs/open-store.ts). */
export function storeLockName(store: string): string {
  return `luaskills-wasm:indexeddb:${store}`;
}

/** Held by each runtime that shares, as long as it takes part: whoever gets it next knows that it is gone. */
export function tabLockName(store: string, tab: string): string {
  return `luaskills-wasm:tab:${store}:${tab}`;
}

/** The channel all tabs hear: who wants to join, who leads. */
export function meetingName(store: string): string {
  return `luaskills-wasm:tabs:${store}`;
}

/** The channel between one tab and the one that leads. */
export function wayName(store: string, way: string): string {
  return `${meetingName(store)}:${way}`;
}

/** Unique; randomUUID is missing outside secure contexts. */
export function uniqueName(): string {
  // allowed: a name two tabs or workers must not share, no secret
  return crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);
}
