import { settlesWithin } from "../../base/patience.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { RequestFrame } from "../../wire/frames.ts";
import type { EngineLink } from "../../wire/link.ts";
import { failed, type Outcome } from "../../wire/outcome.ts";
import type { EngineControl, EngineStart, EngineStarted, FromEngine, ToEngine } from "../../wire/protocol.ts";
import { CallsInFlight } from "./calls-in-flight.ts";
import { ChannelLink } from "./channel-link.ts";
import { Leading, type LeadingPlan } from "./leading.ts";
import { Meeting } from "./meeting.ts";
import { uniqueName } from "./names.ts";
import { watchPage } from "./page-life.ts";
import { ownerShares, Seat } from "./seat.ts";
import { Standby } from "./standby.ts";
import { TabPort } from "./tab-port.ts";

/** Milliseconds between two looks at whether the owner of the store shares it at all. */
const lookMs = 250;
/** Milliseconds a tab that lost its leader waits for the next to say so, before it asks who leads. */
const successorMs = 300;

/** The way to the leader of this tab's choice: another tab, or an engine of its own. */
interface Way {
  readonly link: EngineLink;
  readonly leading: Leading | undefined;
}

/**
 * The engine of whoever leads: a way to another tab, and when it is gone to the next, or an engine of its own when it is this
 * tab's turn. For its session it is one engine that never dies; calls that cannot be taken along fail with `leader_changed`.
 */
export class TabLink implements EngineLink {
  readonly terminable = false;
  readonly ready = Promise.resolve();
  readonly died: Promise<LuaSkillsError>;
  readonly control: EngineControl;
  readonly port: TabPort;
  readonly #calls = new CallsInFlight();
  readonly #unwatch: () => void;
  #die: (error: LuaSkillsError) => void = () => {};
  #start: EngineStart | undefined;
  #way: Way | undefined;
  #seat: Seat | undefined;
  #standby: Standby | undefined;
  /** Settles when whatever is being waited for is pointless: the page stops, or the link ends. */
  #round = new AbortController();
  /** While the page is stopped: until it goes on. */
  #asleep: Promise<void> | undefined;
  #wake = () => {};
  #ended = false;
  #listening: ReturnType<typeof setInterval> | undefined;

  /** `asleep`: the page is on its way into the cache. */
  constructor(
    private readonly plan: LeadingPlan,
    asleep = false,
  ) {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.port = new TabPort((message) => this.#send(message));
    this.control = {
      start: (start) => {
        this.#start = start;
        return this.#connect(start);
      },
      cancel: async (id) => this.#cancel(id),
      close: async () => (await this.#way?.link.control.close()) ?? { ok: true, value: undefined },
    };
    this.#unwatch = watchPage({ stopping: () => this.#stop(), woken: () => this.#wake() });
    if (asleep) this.#stop();
  }

  terminate(reason: LuaSkillsError): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#listening);
    this.#unwatch();
    this.#calls.clear();
    this.#letGo();
    this.port.close();
    this.#wake();
    this.#die(reason);
  }

  #stop(): void {
    this.#asleep ??= new Promise((resolve) => {
      this.#wake = () => {
        this.#asleep = undefined;
        resolve();
      };
    });
    this.#letGo();
  }

  /** Gives up the store, the turn for it, and the way to the leader. */
  #letGo(): void {
    this.#round.abort();
    this.#round = new AbortController();
    const way = this.#way;
    way?.leading?.abandon();
    way?.link.terminate(new LuaSkillsError("leader_changed", "this tab takes part no more"));
    this.#leaveSeat();
    if (way) this.#lost(way);
  }

  #takeSeat(): Seat {
    if (this.#seat) return this.#seat;
    const seat = new Seat(this.plan.store, this.plan.tab);
    this.#seat = seat;
    this.#standby = new Standby(this.plan, seat);
    return seat;
  }

  #leaveSeat(): void {
    this.#standby?.end();
    this.#seat?.leave();
    this.#seat = undefined;
  }

  /** Until there is a leader that this tab is connected to. An error is one that another try would not mend. */
  async #connect(start: EngineStart, lost = false): Promise<Outcome<EngineStarted>> {
    // What a tab that slept has missed it has to ask for.
    let patienceMs = lost && !this.#asleep ? successorMs : 0;
    try {
      for (;;) {
        await this.#asleep;
        if (this.#ended) throw new LuaSkillsError("runtime_closed", "the runtime was closed");
        const { signal } = this.#round;
        const way = await this.#find(signal, patienceMs);
        patienceMs = 0;
        if (!way) continue;
        const { link, leading } = way;
        const over = Promise.race([link.died, aborted(signal)]).then(() => undefined);
        const outcome = await Promise.race([link.control.start(start), over]);
        if (outcome?.ok && !signal.aborted) {
          this.#use(way);
          return outcome;
        }
        leading?.abandon();
        link.terminate(new LuaSkillsError("leader_changed", "the way was given up"));
        if (outcome?.ok === false && !signal.aborted) throw LuaSkillsError.fromData(outcome.error);
      }
    } catch (thrown) {
      this.#leaveSeat();
      return failed(thrown);
    }
  }

  /** Undefined when the page stopped meanwhile. @throws LuaSkillsError `storage_in_use` */
  async #find(signal: AbortSignal, patienceMs: number): Promise<Way | undefined> {
    const { plan } = this;
    const { store, tab, limits } = plan;
    const seat = this.#takeSeat();
    const isOurs = patienceMs > 0 && (await this.#awaitSuccessor(seat, signal, patienceMs));
    if (signal.aborted) return undefined;
    if (isOurs) return this.#ownWay();
    const channel = uniqueName();
    const link = new ChannelLink({ store, channel, handshakeMs: limits.handshakeMs });
    const ask = () => meeting.tell({ type: "join", channel, tab });
    const meeting = new Meeting(store, (message) => {
      if (message.type === "lead") ask();
    });
    ask();
    let looks: ReturnType<typeof setInterval> | undefined;
    let alone = 0;
    const refused = new Promise<never>((_, reject) => {
      // Asked again, too: WebKit loses what is said on a channel that was just opened.
      looks = setInterval(() => {
        ask();
        // Twice in a row: an owner that goes lets go of one lock after the other.
        void ownerShares(store, tab).then((shares) => {
          alone = shares ? 0 : alone + 1;
          if (alone > 1) reject(inUse(store));
        });
      }, lookMs);
    });
    const give = () => link.terminate(new LuaSkillsError("leader_changed", "the way was given up"));
    try {
      const found = await Promise.race([
        link.ready.then((): Way => ({ link, leading: undefined })),
        seat.mine.then((): "mine" => "mine"),
        refused,
        aborted(signal),
      ]);
      if (typeof found === "object") return found;
      give();
      if (found === undefined || signal.aborted) return undefined;
      return this.#ownWay();
    } catch (thrown) {
      give();
      // It came and went; the next one is on its way.
      if (LuaSkillsError.from(thrown).code === "worker_crashed") return undefined;
      throw thrown;
    } finally {
      clearInterval(looks);
      meeting.close();
    }
  }

  #ownWay(): Way {
    const leading = new Leading(this.plan, this.#standby?.take());
    return { link: leading.link, leading };
  }

  /**
   * Until somebody says that it leads, or it is this tab's turn (true). Nothing else is done meanwhile: the one of twenty tabs that is
   * about to lead needs the processor.
   */
  async #awaitSuccessor({ mine }: Seat, signal: AbortSignal, patienceMs: number): Promise<boolean> {
    let meeting: Meeting | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const told = new Promise<void>((resolve) => {
      meeting = new Meeting(this.plan.store, ({ type }) => type === "lead" && resolve());
      timer = setTimeout(resolve, patienceMs);
    });
    try {
      const [isOurs, isNot] = [() => true, () => false];
      return await Promise.race([told.then(isNot), mine.then(isOurs), aborted(signal).then(isNot)]);
    } finally {
      clearTimeout(timer);
      meeting?.close();
    }
  }

  #use(way: Way): void {
    this.#way = way;
    way.link.port.listen((message) => {
      if (this.#way === way) this.#hear(way, message);
    });
    void way.link.died.then(() => this.#lost(way));
    for (const frame of this.#calls.waiting()) this.#ask(way, frame);
    // The store is ours while we still believe in another: it let go of it, and its word of that is on its way.
    if (way.leading) return;
    void this.#seat?.mine.then(() => this.#lost(way));
    this.#standby?.led(true);
  }

  #hear({ link }: Way, message: FromEngine): void {
    if (!("type" in message)) {
      if (this.#calls.answered(message)) this.port.deliver(message);
      return;
    }
    if (message.type === "accept") {
      if (this.#calls.accept(message.id)) link.port.post({ type: "go", id: message.id });
      return;
    }
    this.port.deliver(message);
  }

  #send(message: ToEngine): void {
    if (!Array.isArray(message)) {
      this.#way?.link.port.post(message);
      return;
    }
    const frame = message as RequestFrame;
    this.#calls.add(frame);
    if (this.#way) this.#ask(this.#way, frame);
  }

  #ask({ link, leading }: Way, frame: RequestFrame): void {
    // An engine of our own asks nobody before it begins.
    if (leading) this.#calls.accept(frame[0]);
    else this.#listening ??= setInterval(() => void this.#expectAnswers(), this.plan.limits.handshakeMs);
    try {
      link.port.post(frame);
    } catch (thrown) {
      this.#calls.take(frame[0]);
      throw thrown;
    }
  }

  /** A leader that is only busy says that it hears; what waits for one that does not is given up. */
  async #expectAnswers(): Promise<void> {
    const way = this.#way;
    if (!way || way.leading || this.#calls.size === 0) {
      clearInterval(this.#listening);
      this.#listening = undefined;
      return;
    }
    const { store, limits } = this.plan;
    const overdue = this.#calls.overdue(limits.handshakeMs);
    if (overdue.length === 0 || (await settlesWithin(way.link.control.cancel(0), limits.handshakeMs))) return;
    for (const id of this.#way === way ? overdue : []) {
      const reply = this.#calls.giveUp(id, store);
      if (!reply) continue;
      this.port.deliver(reply);
      // It is not to run when the leader goes on after all.
      void way.link.control.cancel(id);
    }
  }

  #cancel(id: number): Promise<void> | undefined {
    if (this.#way) return this.#way.link.control.cancel(id);
    if (this.#calls.take(id)) {
      this.port.deliver([id, failed(new LuaSkillsError("aborted", "the caller aborted the request"))]);
    }
    return undefined;
  }

  #lost(way: Way): void {
    if (this.#way !== way) return;
    this.#way = undefined;
    this.#standby?.led(false);
    way.link.terminate(new LuaSkillsError("leader_changed", "the way was given up"));
    for (const reply of this.#calls.lost()) this.port.deliver(reply);
    this.port.forgetCallbacks();
    if (!this.#ended) void this.#rejoin();
  }

  async #rejoin(): Promise<void> {
    if (!this.#start) return;
    const outcome = await this.#connect(this.#start, true);
    if (!outcome.ok) {
      this.#die(LuaSkillsError.fromData(outcome.error));
      return;
    }
    const { capabilities, snapshot } = outcome.value;
    this.port.deliver({ type: "registry", snapshot, capabilities });
    this.port.deliver({ type: "event", name: "restart", event: { reason: "leader_changed" } });
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

function inUse(store: string): LuaSkillsError {
  return new LuaSkillsError(
    "storage_in_use",
    `another tab or worker has opened the store "${store}" for itself alone (whenInUse: "fail" or "wait"). Close it there, or ` +
      "use another storage name.",
    { data: { store } },
  );
}
