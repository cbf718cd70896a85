import { LuaSkillsError } from "../../errors.ts";
import type { ContextLayer, ReactDefinition } from "./agent-definition.ts";
import type { AgentState } from "./agent-state.ts";
import { formatMessages } from "./message.ts";
import type { Workshop } from "./workshop.ts";

/** The prompt and the context layers of a definition, in order, with a blank line between them. */
export async function systemPrompt(
  definition: ReactDefinition,
  state: AgentState,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<string> {
  const layers = [definition.prompt ?? "", ...(definition.context_layers ?? [])];
  const texts = [];
  for (const layer of layers) texts.push(await layerText(layer, definition, state, workshop, signal));
  return texts.filter((text) => text !== "").join("\n\n");
}

async function layerText(
  layer: ContextLayer,
  definition: ReactDefinition,
  state: AgentState,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<string> {
  if (typeof layer === "string") return layer;
  if ("text" in layer) return layer.text;
  if ("$env" in layer) return workshop.env[layer.$env] ?? "";
  if ("$this" in layer) return memberText(definition, layer.$this);
  if ("$ref" in layer) {
    const text = Object.hasOwn(workshop.prompts, layer.$ref) ? workshop.prompts[layer.$ref] : undefined;
    if (text !== undefined) return text;
    throw new LuaSkillsError("not_found", `agent ${definition.name}: no prompt is called "${layer.$ref}"`);
  }
  const { recent, summary, query } = layer.$mem;
  const parts = [];
  if (summary) parts.push(state.summary);
  if (recent) parts.push(formatMessages(state.recent(recent)));
  if (query !== undefined) {
    const found = await workshop.memory?.query(state.id, query, signal);
    if (found !== undefined && found !== null) parts.push(typeof found === "string" ? found : JSON.stringify(found));
  }
  return parts.filter((text) => text !== "").join("\n");
}

function memberText(definition: object, path: string): string {
  let value: unknown = definition;
  for (const name of path.split(".")) {
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  }
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
