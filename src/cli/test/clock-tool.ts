import type { HostTools, Json } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { TestClock } from "../../testing/kit/test-clock.ts";

/** Where a test's time begins when it says nothing. */
const start = Date.UTC(2026, 0, 1);

/** The clock behind `fake.clock` and `fake.advance`: it stands until a test moves it, or a skill sleeps. */
export function testClock(): { readonly clock: TestClock; readonly tool: HostTools[string] } {
  const clock = new SettableClock(start);
  return {
    clock,
    tool: async ({ time, advance }) => {
      if (advance !== undefined && advance !== null) await clock.advance(secondsOf(advance) * 1000);
      if (time !== undefined && time !== null) clock.set(millisecondsOf(time));
      return { ok: true, value: clock.now() / 1000 };
    },
  };
}

class SettableClock extends TestClock {
  #moved = 0;

  override now(): number {
    return super.now() + this.#moved;
  }

  set(ms: number): void {
    this.#moved = ms - super.now();
  }
}

function secondsOf(value: Json): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new LuaSkillsError(
    "invalid_argument",
    `fake.advance takes seconds of at least 0, got ${JSON.stringify(value)}`,
  );
}

function millisecondsOf(value: Json): number {
  const ms = typeof value === "number" ? value * 1000 : typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new LuaSkillsError(
    "invalid_argument",
    `fake.clock takes Unix seconds or a time like "2026-01-01T00:00:00Z", got ${JSON.stringify(value)}`,
  );
}
