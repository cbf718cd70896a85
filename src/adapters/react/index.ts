"use client";

/**
 * luaskills-wasm/react: a runtime for a tree of components, and hooks for its entries, calls and files. They survive StrictMode and
 * render on a server, where no runtime starts.
 *
 * @example
 * <RuntimeProvider create={() => createRuntime()}><Notes /></RuntimeProvider>
 *
 * function Notes() {
 *   const add = useSkill("notes-add");
 *   return <button disabled={add.running} onClick={() => add.call({ text: "milk" })}>Add</button>;
 * }
 *
 * @module
 */

export type { RuntimeState } from "./runtime-holder.ts";
export { RuntimeProvider, type RuntimeProviderProps } from "./runtime-provider.ts";
export { useEntries } from "./use-entries.ts";
export { type FilesState, useFiles } from "./use-files.ts";
export { useRuntime } from "./use-runtime.ts";
export { type SkillState, useSkill } from "./use-skill.ts";
