import type { Case } from "../../case-format.ts";
import type { Lane } from "../../drive.ts";
import type { Outcome } from "../../executor.ts";
import type { FromLane, LaneStart, ToLane } from "../messages.ts";

/** How messages reach the inner end of a lane. */
export interface Wire {
  send(message: ToLane): void;
  kill(): Promise<void>;
}

/** Makes a wire; it calls `receive` for each message and `fail` when the other end dies. */
export type Connect = (receive: (message: FromLane) => void, fail: (reason: Error) => void) => Wire;

/** The outer end of a lane over any wire: pairs each question with the next answer. */
export class RemoteLane implements Lane {
  #waiting: { resolve: (message: FromLane) => void; reject: (reason: Error) => void } | undefined;
  #broken: Error | undefined;
  readonly #wire: Wire;

  constructor(connect: Connect) {
    this.#wire = connect(
      (message) => this.#settle((waiting) => waiting.resolve(message)),
      (reason) => {
        this.#broken = reason;
        this.#settle((waiting) => waiting.reject(reason));
      },
    );
  }

  /** The waiting strategy the engine chose. */
  async start(start: LaneStart): Promise<string> {
    const answer = await this.#ask({ type: "start", start });
    if (answer.type !== "ready")
      throw new Error(answer.type === "broken" ? answer.message : `start answered ${answer.type}`);
    return answer.waiting;
  }

  async run(testCase: Case): Promise<Outcome> {
    const answer = await this.#ask({ type: "case", case: testCase });
    if (answer.type !== "outcome")
      throw new Error(answer.type === "broken" ? answer.message : `case answered ${answer.type}`);
    return answer.outcome;
  }

  async surface(): Promise<readonly string[]> {
    const answer = await this.#ask({ type: "surface" });
    if (answer.type !== "surface")
      throw new Error(answer.type === "broken" ? answer.message : `surface answered ${answer.type}`);
    return answer.functions;
  }

  kill(): Promise<void> {
    return this.#wire.kill();
  }

  #ask(message: ToLane): Promise<FromLane> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken);
      this.#waiting = { resolve, reject };
      this.#wire.send(message);
    });
  }

  #settle(how: (waiting: { resolve: (message: FromLane) => void; reject: (reason: Error) => void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) how(waiting);
  }
}
