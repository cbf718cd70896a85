import { signal } from "@preact/signals";
import type { Runtime } from "luaskills-wasm";

export interface LogLine {
  readonly id: number;
  readonly at: Date;
  readonly kind: "info" | "warn" | "error" | "lifecycle";
  readonly text: string;
}

const most = 500;
let lastId = 0;

/** What an install is doing. */
export const progress = signal("");
export const logLines = signal<readonly LogLine[]>([]);

export function addLine(kind: LogLine["kind"], text: string): void {
  lastId += 1;
  logLines.value = [...logLines.value.slice(1 - most), { id: lastId, at: new Date(), kind, text }];
}

export function listenTo(runtime: Runtime): void {
  runtime.on("log", ({ level, message }) => addLine(level, message));
  runtime.on("restart", ({ reason }) =>
    addLine("warn", `The engine was restarted (${reason}). Saved data is untouched.`),
  );
  runtime.on("problem", ({ skillId, message }) => addLine("error", `${skillId}: ${message}`));
  runtime.on("progress", ({ phase, message, percent }) => {
    progress.value = [message ?? phase, percent === null ? undefined : `${percent} %`]
      .filter((part) => part)
      .join(" · ");
  });
  runtime.on("lifecycle", ({ action, skill_id, status, message }) =>
    addLine("lifecycle", [action, skill_id, status, message].filter((part) => part).join(" · ")),
  );
}
