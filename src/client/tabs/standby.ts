import { LuaSkillsError } from "../../errors.ts";
import type { EngineLink } from "../../wire/link.ts";
import type { LeadingPlan } from "./leading.ts";
import type { Seat } from "./seat.ts";

/** Milliseconds a tab has been the next one before it prepares: tabs that open one after the other should not all do so. */
const prepareMs = 200;

/** An engine's thread, booted and waiting for the store: a tab that has to lead all of a sudden does so at once. */
export class Standby {
  #link: EngineLink | undefined;
  #over = false;

  constructor(plan: LeadingPlan, seat: Seat) {
    seat.next
      .then(() => new Promise((resolve) => setTimeout(resolve, prepareMs)))
      .then(() => this.#prepare(plan, seat))
      .catch(() => {}); // whatever is wrong with it, the engine that is needed one day says so
  }

  #prepare(plan: LeadingPlan, seat: Seat): void {
    if (this.#over) return;
    const link = plan.engineLink({ handshakeMs: plan.limits.handshakeMs, spare: true }, seat.mine);
    this.#link = link;
    const forget = () => {
      if (this.#link === link) this.#link = undefined;
    };
    link.ready.catch(forget);
    void link.died.then(forget);
  }

  /** What is ready, once. */
  take(): EngineLink | undefined {
    this.#over = true;
    const link = this.#link;
    this.#link = undefined;
    return link;
  }

  /** Idempotent. */
  end(): void {
    this.take()?.terminate(new LuaSkillsError("leader_changed", "the tab takes part no more"));
  }
}
