import { LuaSkillsError } from "../../errors.ts";
import type { EngineLink } from "../../wire/link.ts";
import type { LeadingPlan } from "./leading.ts";
import type { Seat } from "./seat.ts";

/** Milliseconds a tab has been the next one before it prepares: tabs that open one after the other should not all do so. */
const prepareMs = 200;

/** An engine's thread, booted and waiting for the store: a tab that has to lead all of a sudden does so at once. */
export class Standby {
  readonly #plan: LeadingPlan;
  readonly #seat: Seat;
  #link: EngineLink | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isNext = false;
  #isLed = false;
  #over = false;

  constructor(plan: LeadingPlan, seat: Seat) {
    this.#plan = plan;
    this.#seat = seat;
    void seat.next.then(() => {
      this.#isNext = true;
      this.#prepareSoon();
    });
  }

  /** Whether somebody leads: what is prepared while nobody does would keep the one that is about to from its start. */
  led(isLed: boolean): void {
    this.#isLed = isLed;
    this.#prepareSoon();
  }

  #prepareSoon(): void {
    clearTimeout(this.#timer);
    if (!this.#isNext || !this.#isLed || this.#over) return;
    new Promise((resolve) => {
      this.#timer = setTimeout(resolve, prepareMs);
    })
      .then(() => this.#prepare())
      .catch(() => {}); // whatever is wrong with it, the engine that is needed one day says so
  }

  #prepare(): void {
    if (this.#link) return;
    const plan = this.#plan;
    const link = plan.engineLink({ handshakeMs: plan.limits.handshakeMs, spare: true }, this.#seat.mine);
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
    clearTimeout(this.#timer);
    const link = this.#link;
    this.#link = undefined;
    return link;
  }

  /** Idempotent. */
  end(): void {
    this.take()?.terminate(new LuaSkillsError("leader_changed", "the tab takes part no more"));
  }
}
