import { signal } from "@preact/signals";
import { LuaSkillsError } from "luaskills-wasm";

export interface Notice {
  readonly tone: "good" | "bad";
  readonly text: string;
}

export const notice = signal<Notice | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

export function notify(tone: Notice["tone"], text: string): void {
  notice.value = { tone, text };
  clearTimeout(timer);
  timer = setTimeout(() => (notice.value = undefined), tone === "good" ? 3_500 : 9_000);
}

/** Runs something the user asked for; what goes wrong is said on the screen. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    notify("bad", LuaSkillsError.from(thrown).message);
    return undefined;
  }
}
