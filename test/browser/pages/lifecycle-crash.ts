/** What the page and the worker of lifecycle-crash tell each other. */
import type { LifecycleStep } from "../../../src/skills/lifecycle/steps.ts";

/** What the store has got of the changes when the worker ends: nothing new, all of them, or a write just begun. */
export const storeStates = ["as it is", "written", "being written"] as const;

export interface CrashOrder {
  readonly step: LifecycleStep;
  readonly store: (typeof storeStates)[number];
}

export type CrashNews = { readonly armed: true } | { readonly reached: LifecycleStep };
