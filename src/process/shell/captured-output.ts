/**
 * Where a run's output goes: its streams are files of the shell, so that bytes stay bytes and what came before an end by
 * force is kept.
 * @module
 */
import { concatBytes } from "../../base/bytes/concat-bytes.ts";

type StreamName = "stdout" | "stderr";

/** By these names the script's own commands are redirected (output-redirection.ts). */
export const streamFiles = { stdout: "/dev/.stdout", stderr: "/dev/.stderr" } as const;

const paths: Readonly<Record<string, StreamName>> = {
  [streamFiles.stdout]: "stdout",
  [streamFiles.stderr]: "stderr",
  "/dev/stdout": "stdout",
  "/dev/stderr": "stderr",
  "/dev/fd/1": "stdout",
  "/dev/fd/2": "stderr",
};

export interface OutputRules {
  readonly maxBytes: number;
  /** More was written than that. */
  readonly tooMuch: () => void;
  readonly onOutput?: ((stream: StreamName, bytes: Uint8Array) => void) | undefined;
}

export class CapturedOutput {
  readonly #chunks: Record<StreamName, Uint8Array[]> = { stdout: [], stderr: [] };
  #size = 0;

  constructor(private readonly rules: OutputRules) {}

  streamOf(path: string): StreamName | undefined {
    return Object.hasOwn(paths, path) ? paths[path] : undefined;
  }

  write(stream: StreamName, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    if (this.#size > this.rules.maxBytes) {
      this.rules.tooMuch();
      return;
    }
    this.#chunks[stream].push(bytes);
    this.rules.onOutput?.(stream, bytes);
  }

  take(stream: StreamName): Uint8Array {
    return concatBytes(this.#chunks[stream]);
  }
}
