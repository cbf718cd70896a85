import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Contents, type Part, partsOf, textOf } from "../streams/chunk.ts";
import { Agent } from "./agent.ts";
import type { AgentDefinition, MatchDefinition, MatchRule } from "./agent-definition.ts";
import type { AgentEventBody } from "./agent-event.ts";
import type { AgentState } from "./agent-state.ts";
import { type RuleMatch, readMatches, rulesPrompt } from "./match-output.ts";
import type { Workshop } from "./workshop.ts";

type AgentReference = AgentDefinition | { readonly $ref: string };

/** A match and the agent that is to serve it. */
interface Step {
  readonly rule: string | undefined;
  readonly agent: AgentReference;
  readonly input: string;
}

/** A router: finds out what is wanted and passes everything through to the agents that do it (genx.md §7.3). */
export class MatchAgent extends Agent {
  readonly definition: MatchDefinition;
  readonly #workshop: Workshop;
  readonly #rules: readonly MatchRule[];
  /** Text that has matched nothing yet. */
  #unmatched: string[] = [];
  /** The last match, and how far it is served. */
  #steps: readonly Step[] = [];
  #index = 0;
  /** Matches of an input that came while the child worked. */
  #decided: Step[] | undefined;
  #active: { readonly agent: Agent; readonly rule: string | undefined } | undefined;

  /** @throws LuaSkillsError `invalid_argument` */
  constructor(definition: MatchDefinition, rules: readonly MatchRule[], state: AgentState, workshop: Workshop) {
    super(definition.name, state);
    if (!definition.generator?.model) {
      throw new LuaSkillsError("invalid_argument", `agent ${definition.name}: generator.model is required`);
    }
    this.definition = definition;
    this.#rules = rules;
    this.#workshop = workshop;
    const { input, matches, index } = state.extra;
    if (Array.isArray(input)) this.#unmatched = input.map(String);
    if (Array.isArray(matches)) this.#steps = matches.flatMap((match) => this.#restored(match as JsonObject));
    this.#index = Math.min(Number(index ?? 0), this.#steps.length);
  }

  /** The agent the router is passing through to. */
  get active(): Agent | undefined {
    return this.#active?.agent;
  }

  /** While a child works, its input is matched beside it: another rule stops the child. */
  override async input(contents: Contents): Promise<void> {
    const working = this.busy ? this.#active : undefined;
    if (working !== undefined) {
      const text = textOf(partsOf(contents));
      const steps = this.#route(await this.#match(text, this.closing), text);
      if (this.busy && this.#active === working && isSwitch(steps, working.rule)) await super.interrupt();
      this.#decided = steps;
    }
    await super.input(contents);
  }

  protected override async turn(contents: readonly Part[], signal: AbortSignal): Promise<void> {
    const text = textOf(contents);
    const decided = this.#decided;
    this.#decided = undefined;
    await this.#resume();
    if (this.#active)
      await this.#continue(contents, decided ?? this.#route(await this.#match(text, signal), text), signal);
    else await this.#begin(text, signal);
  }

  /** Unlike other agents a router waits for the next input without a word. */
  protected override interrupted(): AgentEventBody | undefined {
    return undefined;
  }

  override async interrupt(): Promise<void> {
    await this.#active?.agent.interrupt();
    await super.interrupt();
  }

  protected override async dispose(): Promise<void> {
    await this.#active?.agent.close();
    this.#active = undefined;
  }

  async #begin(text: string, signal: AbortSignal): Promise<void> {
    this.#unmatched.push(text);
    const input = this.#unmatched.join(" ");
    const steps = this.#route(await this.#match(input, signal), input);
    if (signal.aborted) return;
    if (steps.length === 0 && this.definition.default !== undefined) {
      steps.push({ rule: undefined, agent: this.definition.default, input });
    }
    if (steps.length === 0) {
      await this.#idle(signal);
      return;
    }
    this.#unmatched = [];
    await this.#serve(steps, signal);
  }

  /** Another rule switches, else the text is the child's. */
  async #continue(contents: readonly Part[], steps: Step[], signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#active === undefined) return;
    if (isSwitch(steps, this.#active.rule)) {
      await this.#active.agent.close();
      this.#active = undefined;
      await this.#serve(steps, signal);
      return;
    }
    await this.#active.agent.input(contents);
    if (!(await this.#forward(signal))) await this.#advance(signal);
  }

  async #serve(steps: readonly Step[], signal: AbortSignal): Promise<void> {
    this.#steps = steps;
    this.#index = 0;
    await this.#advance(signal);
  }

  /** Starts the next agent; back to idle behind the last. */
  async #advance(signal: AbortSignal): Promise<void> {
    for (let step = this.#steps[this.#index]; step !== undefined; step = this.#steps[this.#index]) {
      this.#index++;
      const agent = await this.#workshop.agent(step.agent, this.state);
      this.#active = { agent, rule: step.rule };
      await agent.input(step.input);
      if (await this.#forward(signal)) return;
    }
    await this.#idle(signal);
  }

  /** Goes on with the agent a stored state was calling. */
  async #resume(): Promise<void> {
    const { calling } = this.state.extra;
    const step = this.#steps[this.#index - 1];
    if (this.#active !== undefined || typeof calling !== "string" || step === undefined) return;
    this.#active = { agent: await this.#workshop.agent(step.agent, this.state, calling), rule: step.rule };
  }

  /** Passes the child's events on. True when the child waits for the user; false when it has closed. */
  async #forward(signal: AbortSignal): Promise<boolean> {
    const agent = this.#active?.agent;
    if (agent === undefined) return false;
    this.setPhase("executing");
    for (;;) {
      const event = await agent.next();
      if (signal.aborted) return true;
      if (event.type === "closed") {
        this.#active = undefined;
        return false;
      }
      if (event.type === "eof") {
        await this.#save();
        await this.emit({ type: "eof" }, signal);
        return true;
      }
      await this.emitEvent(event, signal);
      if (event.type === "interrupted" && !event.resumable) return true;
    }
  }

  async #idle(signal: AbortSignal): Promise<void> {
    this.#active = undefined;
    this.#steps = [];
    this.#index = 0;
    this.setPhase("");
    await this.#save();
    await this.emit({ type: "eof" }, signal);
  }

  async #save(): Promise<void> {
    const rule = this.#active?.rule;
    this.state.extra = {
      input: [...this.#unmatched],
      matches: this.#steps.map(({ rule: matched, input }) => ({
        ...(matched === undefined ? {} : { rule: matched }),
        input,
      })),
      index: this.#index,
      ...(rule === undefined ? {} : { matched: rule }),
      ...(this.#active === undefined ? {} : { calling: this.#active.agent.stateId }),
    };
    await this.#workshop.states?.save(this.stateId, this.state.toJSON());
  }

  #restored({ rule, input }: JsonObject): Step[] {
    const agent = typeof rule === "string" ? this.#routed(rule) : this.definition.default;
    return agent === undefined
      ? []
      : [{ rule: typeof rule === "string" ? rule : undefined, agent, input: String(input) }];
  }

  #routed(rule: string): AgentReference | undefined {
    return this.definition.route.find(({ rules }) => rules.includes(rule))?.agent;
  }

  async #match(text: string, signal: AbortSignal): Promise<readonly RuleMatch[]> {
    this.setPhase("thinking");
    const { model, options } = this.definition.generator;
    let said = "";
    for await (const part of this.#workshop.generator(model).stream({
      model,
      system: [this.definition.prompt ?? "", rulesPrompt(this.#rules)].filter((each) => each !== "").join("\n\n"),
      messages: [{ role: "user", contents: [{ type: "text", value: text }] }],
      tools: [],
      options,
      signal,
    })) {
      if (part.type === "text") said += part.text;
    }
    return readMatches(said, this.#rules);
  }

  #route(matches: readonly RuleMatch[], text: string): Step[] {
    return matches.flatMap(({ rule, args }) => {
      const agent = this.#routed(rule);
      if (agent === undefined) return [];
      const input = Object.keys(args).length === 0 ? text : `${text}\n${JSON.stringify(args)}`;
      return [{ rule, agent, input }];
    });
  }
}

const isSwitch = (steps: readonly Step[], active: string | undefined): boolean =>
  steps.some(({ rule }) => rule !== active);
