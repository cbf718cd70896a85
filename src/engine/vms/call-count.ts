/**
 * How many calls of each skill are at work or waiting.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

export class CallCount {
  readonly #calls = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** @throws LuaSkillsError `overloaded` */
  async within<T>(skillId: string, work: () => Promise<T>): Promise<T> {
    const { limit } = this;
    const count = this.#calls.get(skillId) ?? 0;
    if (limit > 0 && count >= limit) {
      throw new LuaSkillsError(
        "overloaded",
        `${limit} calls of '${skillId}' are at work (limits.skillCalls): nothing was done, try again`,
        { data: { skill: skillId, limit: "skillCalls", value: limit } },
      );
    }
    this.#calls.set(skillId, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.#calls.get(skillId) ?? 1) - 1;
      if (left > 0) this.#calls.set(skillId, left);
      else this.#calls.delete(skillId);
    }
  }
}
