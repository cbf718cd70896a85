import { LuaRaise } from "../../lua/interface.ts";
import type { RaisedError } from "../../modules/vm/module-vm.ts";

/** What an entry raised, on its way to another VM, when it was an error object: its facts go along. */
export class StructuredRaise extends LuaRaise {
  constructor(
    { message, value }: LuaRaise,
    readonly facts: NonNullable<RaisedError["facts"]>,
  ) {
    super(message, value);
  }
}
