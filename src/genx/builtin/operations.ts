import { messageOf } from "../../base/message-of.ts";
import { timerMs } from "../../base/timers.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { GenxCall } from "./services.ts";

interface Operation {
  readonly controller: AbortController;
  readonly settled: Promise<void>;
  readonly finish: (ok: boolean, value: LuaValue) => void;
  outcome?: readonly [ok: boolean, value: LuaValue];
}

/** A promise beyond these makes the oldest one forgotten, unless that is still running. */
const maxOperations = 10_000;

/** What the code of one VM has under way: promises it has not waited for yet, by number, and streams. */
export class Operations {
  readonly #operations = new Map<number, Operation>();
  readonly #streams = new Map<LuaValue, () => void>();
  #next = 1;
  #closed = false;

  /** @throws LuaSkillsError `overloaded` when too many are open */
  start(run: (signal: AbortSignal) => Promise<LuaValue>): number {
    const { id, operation } = this.#open();
    run(operation.controller.signal).then(
      (value) => operation.finish(true, value),
      (error: unknown) => operation.finish(false, messageOf(error)),
    );
    return id;
  }

  /** Settles with false when its time is over, with true when it was cancelled. */
  timer(ms: number): number {
    const { id, operation } = this.#open();
    const handle = setTimeout(() => operation.finish(true, false), timerMs(ms));
    // Whoever waits for it keeps the process alive; one that nobody waits for does not.
    if (typeof handle === "object") (handle as { unref?: () => void }).unref?.();
    operation.controller.signal.addEventListener("abort", () => clearTimeout(handle), { once: true });
    return id;
  }

  /** Cancels a timer. False when it is over already. */
  cancel(id: number): boolean {
    const operation = this.#operations.get(id);
    if (operation === undefined || operation.outcome !== undefined) return false;
    operation.finish(true, true);
    operation.controller.abort();
    return true;
  }

  ready(id: number): boolean {
    return this.#operations.get(id)?.outcome !== undefined || !this.#operations.has(id);
  }

  async wait(id: number): Promise<readonly [ok: boolean, value: LuaValue]> {
    const operation = this.#operations.get(id);
    await operation?.settled;
    return operation?.outcome ?? [false, "promise not found"];
  }

  async waitAny(ids: readonly number[]): Promise<void> {
    const waiting = ids.flatMap((id) => this.#operations.get(id)?.settled ?? []);
    if (waiting.length > 0) await Promise.race(waiting);
  }

  forget(id: number): void {
    const operation = this.#operations.get(id);
    this.#operations.delete(id);
    if (operation?.outcome === undefined) operation?.controller.abort();
  }

  /** A stream is open; `close` closes it. */
  opened(stream: LuaValue, close: () => void): void {
    this.#streams.set(stream, close);
    // It came when its VM was gone.
    if (this.#closed) this.closeStream(stream);
  }

  /** Closes a stream, once. */
  closeStream(stream: LuaValue): void {
    const close = this.#streams.get(stream);
    this.#streams.delete(stream);
    close?.();
  }

  /** Nobody can ask any more: a VM that ends runs no finalisers of its own. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams.keys()]) this.closeStream(stream);
    for (const id of [...this.#operations.keys()]) this.forget(id);
  }

  #open(): { id: number; operation: Operation } {
    if (this.#operations.size >= maxOperations) {
      const settled = [...this.#operations].find(([, { outcome }]) => outcome !== undefined);
      if (settled === undefined) {
        throw new LuaSkillsError("overloaded", `more than ${maxOperations} promises are open; await them`);
      }
      this.#operations.delete(settled[0]);
    }
    let settle: () => void = () => {};
    const operation: Operation = {
      controller: new AbortController(),
      settled: new Promise<void>((resolve) => {
        settle = resolve;
      }),
      finish(ok, value) {
        if (operation.outcome !== undefined) return;
        operation.outcome = [ok, value];
        settle();
      },
    };
    const id = this.#next++;
    this.#operations.set(id, operation);
    return { id, operation };
  }
}

/** What the VM of a call has under way. */
export type OperationsOf = (call: GenxCall) => Operations;

export function operationsByVm(): OperationsOf {
  const known = new WeakMap<object, Operations>();
  return ({ vm }) => {
    const found = known.get(vm);
    if (found) return found;
    const operations = new Operations();
    known.set(vm, operations);
    vm.onClose(() => operations.close());
    return operations;
  };
}
