import { LuaSkillsError } from "../../errors.ts";
import type { RealtimeModels } from "../realtime/realtime-definition.ts";
import { readScript } from "../tools/lua-tool.ts";
import type { Agent } from "./agent.ts";
import type { AgentDefinition, MatchDefinition, MatchRule } from "./agent-definition.ts";
import type { AgentScope, Tool } from "./agent-scope.ts";
import type { AgentState } from "./agent-state.ts";
import type { Approve } from "./approval.ts";
import { LuaAgent } from "./lua-agent.ts";
import { MatchAgent } from "./match-agent.ts";
import { ReactAgent } from "./react-agent.ts";
import { RealtimeAgent } from "./realtime-agent.ts";
import type { Workshop } from "./workshop.ts";

export interface AgentParts {
  readonly state: AgentState;
  readonly workshop: Workshop;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly ids: AgentScope["ids"];
  readonly approve: Approve | undefined;
  /** Rules that `$ref` names. */
  readonly rules: readonly MatchRule[];
  readonly realtime: RealtimeModels;
}

/** The agent of a definition. @throws LuaSkillsError `invalid_argument`, `not_found` */
export async function makeAgent(definition: AgentDefinition, parts: AgentParts): Promise<Agent> {
  if (typeof definition.name !== "string" || definition.name === "") {
    throw new LuaSkillsError("invalid_argument", "agent: name is required");
  }
  switch (definition.type) {
    case "react":
      return new ReactAgent({ definition, ...parts });
    case "match":
      return new MatchAgent(definition, rulesOf(definition, parts.rules), parts.state, parts.workshop);
    case "lua":
      return new LuaAgent({
        definition,
        script: await readScript({ kind: "agent", ...definition }, parts.workshop.scripts),
        ...parts,
      });
    case "realtime": {
      const endpoint = Object.hasOwn(parts.realtime, definition.model) ? parts.realtime[definition.model] : undefined;
      if (endpoint === undefined) {
        throw new LuaSkillsError(
          "not_found",
          `agent ${definition.name}: no realtime model is called "${definition.model}"`,
        );
      }
      return new RealtimeAgent({ definition, endpoint, ...parts });
    }
    default:
      throw new LuaSkillsError(
        "invalid_argument",
        `agent ${(definition as { name: string }).name}: the type "${String((definition as { type?: unknown }).type)}" is not known; known: react, match, lua, realtime`,
      );
  }
}

function rulesOf(definition: MatchDefinition, known: readonly MatchRule[]): readonly MatchRule[] {
  return definition.rules.map((rule) => {
    if (!("$ref" in rule)) return rule;
    const found = known.find(({ name }) => name === rule.$ref);
    if (found === undefined)
      throw new LuaSkillsError("not_found", `agent ${definition.name}: no rule is called "${rule.$ref}"`);
    return found;
  });
}
