/**
 * The helper process that loads native libraries for one connection. A crash of a library ends it; the next call has a new one,
 * with the libraries opened again.
 * @module
 */
import { type ChildProcess, type Serializable, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { LuaSkillsError } from "../../../errors.ts";
import { fromChild, toChild } from "./child-message.ts";
import childSource from "./ffi-child.mjs?raw";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: LuaSkillsError): void;
}

export interface OpenLibrary {
  readonly id: number;
  /** Tried in this order. */
  readonly files: readonly string[];
  readonly global: boolean;
}

export class FfiProcess {
  readonly #waiting = new Map<number, Waiting>();
  readonly #libraries: OpenLibrary[] = [];
  #child: ChildProcess | undefined;
  #last = 0;
  #closed = false;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** Remembered, so that a new helper opens it, too. */
  async open(library: OpenLibrary, signal: AbortSignal): Promise<void> {
    await this.call("open", library, signal);
    this.#libraries.push(library);
  }

  /** An abort ends the helper: nothing else stops a call of C. @throws LuaSkillsError `bridge_error` */
  async call(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const child = this.#child ?? (await this.#start());
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const stop = () => child.kill("SIGKILL");
      const done = () => {
        signal.removeEventListener("abort", stop);
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      signal.addEventListener("abort", stop, { once: true });
      child.send({ id, method, params: toChild(params) } as Serializable);
    });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#child?.kill("SIGKILL");
  }

  async #start(): Promise<ChildProcess> {
    if (this.#closed) throw new LuaSkillsError("bridge_error", "the connection to the bridge has ended");
    const child = spawn(process.execPath, ["--input-type=module", "-e", childSource, koffiFile()], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: this.environment,
      windowsHide: true,
    });
    this.#child = child;
    child.on("message", (message) => this.#hear(message as { id: number; value?: unknown; error?: string }));
    child.on("error", (cause) => this.#ended(child, `it could not be started: ${cause.message}`));
    child.on("exit", (code, signal) => this.#ended(child, `it ended with ${signal ?? `code ${code}`}`));
    const never = new AbortController().signal;
    for (const library of this.#libraries) await this.call("open", library, never);
    return child;
  }

  #hear({ id, value, error }: { id: number; value?: unknown; error?: string }): void {
    const waiting = this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(fromChild(value));
    else waiting?.reject(new LuaSkillsError("bridge_error", error));
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child === child) this.#child = undefined;
    const error = new LuaSkillsError(
      "bridge_error",
      `the process in which native libraries run is gone: ${how}. The next call starts another; what libraries held is lost`,
    );
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
  }
}

/** @throws LuaSkillsError `capability_unavailable` when koffi is not installed */
export function koffiFile(): string {
  try {
    return createRequire(import.meta.url).resolve("koffi");
  } catch (cause) {
    throw new LuaSkillsError(
      "capability_unavailable",
      "the bridge has no package koffi, which calls native libraries; install it beside luaskills-wasm: npm install koffi@3.3.4",
      { cause },
    );
  }
}
