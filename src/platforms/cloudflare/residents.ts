/**
 * Which objects of this isolate have an engine in memory. The platform puts objects of one class into one isolate, and
 * counts 128 MB for all of them: idle engines go when others need the room, the one unused for longest first.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

/** An object with an engine, or one about to start. */
export interface Resident {
  /** What it holds; for one that is about to start, what it will need. */
  memoryBytes(): number;
  /**
   * Drops the engine at once, if it is idle and everything is committed; says whether it did. Runs within another
   * object's request, so it may touch no storage and no timer.
   */
  letGo(): boolean;
}

export interface ResidentLimits {
  /** Bytes all engines of the isolate may hold together. */
  readonly bytes: number;
  /** Milliseconds a start waits for room while every other engine is at work. */
  readonly patienceMs: number;
  /**
   * Milliseconds an engine stays after its last use although others wait: who has just called often calls again, and a
   * start costs ten calls.
   */
  readonly graceMs: number;
}

export class Residents {
  /** When each was used last; the one unused for longest first. */
  readonly #members = new Map<Resident, number>();
  /** Who waits for room, in order of arrival. */
  readonly #queue: Resident[] = [];

  get size(): number {
    return this.#members.size;
  }

  /** Bytes held by all. */
  get bytes(): number {
    let sum = 0;
    for (const member of this.#members.keys()) sum += member.memoryBytes();
    return sum;
  }

  /** Waits until there is room, and makes it. @throws LuaSkillsError `overloaded` */
  async enter(newcomer: Resident, { bytes, patienceMs, graceMs }: ResidentLimits): Promise<void> {
    this.#queue.push(newcomer);
    const end = Date.now() + patienceMs;
    try {
      for (;;) {
        const place = this.#queue.indexOf(newcomer);
        if (place === 0 && this.#makeRoom(newcomer.memoryBytes(), bytes, Date.now() - graceMs)) break;
        if (Date.now() >= end) {
          throw new LuaSkillsError(
            "overloaded",
            `all ${this.size} engines of this isolate were at work for ${patienceMs} ms and hold ${this.bytes} of ${bytes} bytes; try again`,
            { data: { residents: this.size, maxBytes: bytes } },
          );
        }
        // A timer of our own: in workerd nothing of one object's request may wait for a promise of another's.
        await new Promise((resolve) => setTimeout(resolve, 2 + 3 * place));
      }
      this.#members.set(newcomer, Date.now());
    } finally {
      this.#queue.splice(this.#queue.indexOf(newcomer), 1);
    }
  }

  /** A member has just worked: it is the last to go, and what grew too large makes others go. */
  used(member: Resident, { bytes }: ResidentLimits): void {
    if (!this.#members.delete(member)) return;
    this.#makeRoom(member.memoryBytes(), bytes, Number.POSITIVE_INFINITY);
    this.#members.set(member, Date.now());
  }

  leave(member: Resident): void {
    this.#members.delete(member);
  }

  /**
   * Lets go of engines that were not used since `before`. A single engine is let in however large it is: its own limits
   * bound it.
   */
  #makeRoom(needed: number, limit: number, before: number): boolean {
    let held = this.bytes;
    for (const [member, usedAt] of this.#members) {
      if (held + needed <= limit) return true;
      if (usedAt > before) break;
      const bytes = member.memoryBytes();
      if (!member.letGo()) continue;
      this.#members.delete(member);
      held -= bytes;
    }
    return held + needed <= limit || this.#members.size === 0;
  }
}
