import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Phase } from "./agent-event.ts";
import { type Message, messageFromJson, messageToJson } from "./message.ts";

/** Where states are kept between runs. */
export interface StateStore {
  load(id: string): Promise<JsonObject | undefined>;
  save(id: string, state: JsonObject): Promise<void>;
}

/** States in memory. */
export function memoryStates(): StateStore {
  const states = new Map<string, string>();
  return {
    load: async (id) => {
      const text = states.get(id);
      return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
    },
    save: async (id, state) => {
      states.set(id, JSON.stringify(state));
    },
  };
}

/** What an agent remembers: messages, summary, properties of scripts. */
export class AgentState {
  readonly id: string;
  readonly properties = new Map<string, Json>();
  messages: Message[] = [];
  summary = "";
  phase: Phase = "";
  /** Further members of one kind of agent. */
  extra: JsonObject = {};

  constructor(
    readonly stateType: string,
    readonly agentDef: string,
    readonly parentStateId: string | undefined = undefined,
    id: string = crypto.randomUUID(),
  ) {
    this.id = id;
  }

  /** Drops everything from the last message of the user on. */
  revert(): void {
    const last = this.messages.findLastIndex(({ role }) => role === "user");
    if (last >= 0) this.messages = this.messages.slice(0, last);
  }

  /** The last messages, never beginning with the result of a call that is cut off. */
  recent(count: number): readonly Message[] {
    const messages = this.messages.slice(-count);
    const start = this.messages.length > count ? messages.findIndex(({ role }) => role === "user") : 0;
    return start > 0 ? messages.slice(start) : messages;
  }

  toJSON(): JsonObject {
    return {
      state_type: this.stateType,
      id: this.id,
      agent_def: this.agentDef,
      ...(this.parentStateId === undefined ? {} : { parent_state_id: this.parentStateId }),
      messages: this.messages.map(messageToJson),
      summary: this.summary,
      properties: Object.fromEntries(this.properties),
      phase: this.phase,
      ...this.extra,
    };
  }

  /** @throws LuaSkillsError `invalid_argument` for the state of another kind of agent */
  restore(json: JsonObject): void {
    if (json.state_type !== this.stateType) {
      throw new LuaSkillsError(
        "invalid_argument",
        `agent ${this.agentDef}: a state of type "${String(json.state_type)}" cannot be restored as "${this.stateType}"`,
      );
    }
    const { messages, summary, properties, state_type, id, agent_def, parent_state_id, phase, ...extra } = json;
    this.messages = Array.isArray(messages) ? messages.map((message) => messageFromJson(message as JsonObject)) : [];
    this.summary = typeof summary === "string" ? summary : "";
    this.properties.clear();
    for (const [key, value] of Object.entries((properties ?? {}) as JsonObject)) this.properties.set(key, value);
    // A run that was stopped in the middle does not go on: the agent waits for input.
    this.phase = "";
    this.extra = extra;
  }
}
