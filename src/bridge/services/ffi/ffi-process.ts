/**
 * The helper process that loads native libraries for one connection. A crash of a library ends it; the next call has a new one,
 * with the libraries opened again.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import { LuaSkillsError } from "../../../errors.ts";
import { AskedOfChild } from "../asked-of-child.ts";
import { ChildMessages, toChild } from "./child-message.ts";
import childSource from "./ffi-child.mjs?raw";

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Helper {
  readonly child: ChildProcess;
  readonly pipe: Duplex;
}

export class FfiProcess {
  readonly #asked = new AskedOfChild<unknown>();
  /** What a new helper is asked again, in this order. */
  readonly #kept: { readonly method: string; readonly params: unknown }[] = [];
  #helper: Promise<Helper> | undefined;
  #child: ChildProcess | undefined;
  #closed = false;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** A call whose effect a new helper has, too. */
  async keep(method: "open" | "resolve", params: unknown, signal: AbortSignal): Promise<void> {
    await this.call(method, params, signal);
    this.#kept.push({ method, params });
  }

  /** An abort ends the helper: nothing else stops a call of C. @throws LuaSkillsError `bridge_error` */
  async call(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    this.#helper ??= this.#start();
    return this.#ask(await this.#helper, method, params, signal);
  }

  #ask({ child, pipe }: Helper, method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.#asked.ask(child, signal, (id) => pipe.write(toChild({ id, method, params })));
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#child?.kill("SIGKILL");
  }

  async #start(): Promise<Helper> {
    if (this.#closed) throw new LuaSkillsError("bridge_error", "the connection to the bridge has ended");
    const child = spawn(process.execPath, ["--input-type=module", "-e", childSource, koffiFile()], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
      env: this.environment,
      windowsHide: true,
    });
    this.#child = child;
    const helper = { child, pipe: child.stdio[3] as Duplex };
    const messages = new ChildMessages((message) => this.#hear(message as Answer));
    helper.pipe.on("data", (chunk: Buffer) => messages.push(chunk));
    // Its exit tells.
    helper.pipe.on("error", () => {});
    child.on("error", (cause) => this.#ended(child, `it could not be started: ${cause.message}`));
    child.on("exit", (code, signal) => this.#ended(child, `it ended with ${signal ?? `code ${code}`}`));
    try {
      for (const { method, params } of this.#kept) await this.#ask(helper, method, params);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
    return helper;
  }

  #hear({ id, value, error }: Answer): void {
    if (error === undefined) this.#asked.answer(id, value);
    else this.#asked.refuse(id, new LuaSkillsError("bridge_error", error));
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#helper = this.#child = undefined;
    this.#asked.refuseAll(
      new LuaSkillsError(
        "bridge_error",
        `the process in which native libraries run is gone: ${how}. The next call starts another; what libraries held is lost`,
      ),
    );
  }
}

// allowed: where koffi is does not change while this process runs
let koffi: string | undefined;

/** @throws LuaSkillsError `capability_unavailable` when koffi is not installed */
export function koffiFile(): string {
  try {
    koffi ??= createRequire(import.meta.url).resolve("koffi");
    return koffi;
  } catch (cause) {
    throw new LuaSkillsError(
      "capability_unavailable",
      "the bridge has no package koffi, which calls native libraries; install it beside luaskills-wasm: npm install koffi@3.3.4",
      { cause },
    );
  }
}
