/**
 * What JavaScript holds for one Lua state: streams and the like, which its own memory does not count.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

export class HeldBytes {
  #bytes = 0;

  constructor(
    /** As many as the state itself may have. */
    private readonly most: number,
  ) {}

  /** @throws LuaSkillsError `quota_exceeded` */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.most)
      throw new LuaSkillsError(
        "quota_exceeded",
        `streams and loggers of this Lua state may hold ${this.most} bytes together (limits.vmMemoryBytes), and hold ${this.#bytes}: close streams that are no longer needed`,
        { data: { limit: "vmMemoryBytes", value: this.most } },
      );
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}
