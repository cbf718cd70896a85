/** What tabs over one store call things; the same in all of them, so a change is another protocol. @module */

/** Who holds this lock owns the store. The engine's own lock has the same name where none is held for it (vfs/open-store.ts). */
export function storeLockName(store: string): string {
  return `luaskills-wasm:indexeddb:${store}`;
}

/** Who holds this lock leads next: it alone waits for the store, and has an engine ready for the day. */
export function nextLockName(store: string): string {
  return `luaskills-wasm:next:${store}`;
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
export function channelName(store: string, channel: string): string {
  return `${meetingName(store)}:${channel}`;
}

/** Unique; randomUUID is missing outside secure contexts. */
export function uniqueName(): string {
  // allowed: a name two tabs or workers must not share, no secret
  return crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);
}
