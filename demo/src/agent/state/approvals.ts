import { signal } from "@preact/signals";
import type { ApprovalRequest } from "luaskills-wasm/genx";
import { ruleOf } from "./settings.ts";
import { updateTool } from "./timeline.ts";

export interface Question {
  readonly id: string;
  answer(allowed: boolean): void;
}

/** Calls that wait for a person. */
export const questions = signal<readonly Question[]>([]);

/** What the rules say; asks where they say so. */
export function approve({ call, signal: stopped }: ApprovalRequest): boolean | Promise<boolean> {
  const rule = ruleOf(call.name);
  if (rule !== "ask") return rule === "allow";
  return new Promise((resolve) => {
    const question: Question = {
      id: call.id,
      answer(allowed) {
        questions.value = questions.value.filter((each) => each !== question);
        updateTool(call.id, { state: "running" });
        resolve(allowed);
      },
    };
    stopped.addEventListener("abort", () => question.answer(false), { once: true });
    questions.value = [...questions.value, question];
    // The event that shows the call may come a moment later.
    queueMicrotask(() => updateTool(call.id, { state: "asking" }));
  });
}
