import { LuaSkillsError } from "../../../errors.ts";

/** How many programs may run at a time. */
export class Slots {
  #taken = 0;

  constructor(private readonly most: number) {}

  /** @returns gives the slot back, once @throws LuaSkillsError `overloaded` */
  take(): () => void {
    if (this.#taken >= this.most) {
      const text = `${this.most} programs run in the bridge already (its limits.processes); try again when one has ended`;
      throw new LuaSkillsError("overloaded", text);
    }
    this.#taken += 1;
    let held = true;
    return () => {
      if (held) this.#taken -= 1;
      held = false;
    };
  }
}
