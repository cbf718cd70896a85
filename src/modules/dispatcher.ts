/**
 * Handlers of commands by number and by name (host-modules.md §8.4, §9). One per engine.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { LuaValue } from "../lua/interface.ts";
import { LuaError } from "./definition/module-error.ts";

export interface CommandContext {
  /** The number of the call inside its VM. */
  readonly tag: number;
  readonly signal: AbortSignal;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing is one of the normal cases
type Answered = LuaValue | void;
/** Answers the data of a command. Throw a `luaError` to say more than a message. */
export type CommandHandler = (payload: never, context: CommandContext) => Answered | Promise<Answered>;

/** Handlers that go together, with what has to be started and stopped around them. */
export interface CommandGroup {
  readonly name: string;
  readonly handlers: ReadonlyMap<number | string, CommandHandler>;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}

/** Own commands of declared modules draw their numbers from here upward. */
const FIRST_OWN = 4096;
const LAST = 0xffff;

/** Commands with a number of their own (host-modules.md §8.4). */
const numbered: Readonly<Record<string, number>> = {
  "clock.sleep": 10,
  "clock.ticker": 14,
  "clock.timer": 18,
  "http.request": 60,
  "http.batch": 61,
  "store.get": 120,
  "function.call": 140,
  "function.async": 141,
  "function.cancel": 142,
  side_effect: 180,
  "workflow.exec": 181,
  "workflow.version": 182,
};

export class CommandDispatcher {
  readonly #handlers = new Map<number, CommandHandler>();
  readonly #numbers = new Map<string, number>(Object.entries(numbered));
  /** Which module a number belongs to. */
  readonly #owners = new Map<number, string>();
  readonly #groups: CommandGroup[] = [];
  #next = FIRST_OWN;
  #frozen = false;

  /** The number of a named command; given out in the order of asking. */
  idOf(name: string): number {
    let id = this.#numbers.get(name);
    if (id === undefined) {
      id = this.#next++;
      this.#numbers.set(name, id);
    }
    return id;
  }

  /** A module says that it yields this command. @throws LuaSkillsError `invalid_argument` when another one does */
  own(id: number, module: string): void {
    checkId(id);
    const owner = this.#owners.get(id);
    if (owner !== undefined && owner !== module) {
      throw new LuaSkillsError(
        "invalid_argument",
        `command ID ${id} already registered by "${owner}", cannot register for "${module}"`,
      );
    }
    this.#owners.set(id, module);
  }

  /** @throws LuaSkillsError `invalid_argument` for a second handler, a number out of range, or after `freeze` */
  register(command: number | string, handler: CommandHandler): void {
    if (this.#frozen) throw new LuaSkillsError("invalid_argument", "cannot register handler after Freeze()");
    const id = typeof command === "string" ? this.idOf(command) : command;
    checkId(id);
    if (this.#handlers.has(id)) {
      throw new LuaSkillsError("invalid_argument", `handler already registered for command ${command}`);
    }
    this.#handlers.set(id, handler);
  }

  /** @throws as {@link register} */
  use(group: CommandGroup): void {
    for (const [id, handler] of group.handlers) this.register(id, handler);
    this.#groups.push(group);
  }

  async start(): Promise<void> {
    for (const group of this.#groups) await group.start?.();
  }

  async stop(): Promise<void> {
    for (const group of this.#groups.toReversed()) await group.stop?.();
  }

  freeze(): void {
    this.#frozen = true;
  }

  has(command: number | string): boolean {
    const id = typeof command === "string" ? this.#numbers.get(command) : command;
    return id !== undefined && this.#handlers.has(id);
  }

  /** @throws LuaError `no handler for yield command <id>`, and what the handler throws */
  async dispatch(command: number | string, payload: unknown, context: CommandContext): Promise<LuaValue> {
    const id = typeof command === "string" ? this.idOf(command) : command;
    const handler = this.#handlers.get(id);
    if (!handler) throw noHandler(id, command);
    return (await handler(payload as never, context)) as LuaValue;
  }
}

export function noHandler(id: number, command: number | string): LuaError {
  return new LuaError(`no handler for yield command ${id}`, {
    kind: "Internal",
    retryable: false,
    details: { command_id: id, ...(typeof command === "string" ? { command } : {}) },
  });
}

function checkId(id: number): void {
  if (!Number.isInteger(id) || id < 1 || id > LAST) {
    throw new LuaSkillsError("invalid_argument", `a command ID is a whole number from 1 to ${LAST}, got ${id}`);
  }
}
