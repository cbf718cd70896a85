/** An agent in a script runtime, and what its turns said. */
import {
  type Agent,
  type AgentEvent,
  createGenx,
  type GenxOptions,
  type ReactDefinition,
} from "../../src/genx/index.ts";
import { type GenxVmOptions, scriptRuntime } from "./genx-vm.ts";

export async function setUp(options: GenxOptions = {}, vm: GenxVmOptions = {}) {
  const genx = createGenx({ warn: () => {}, ...options });
  const runtime = await scriptRuntime(genx.commands, vm);
  return { genx: genx.attach(runtime), runtime };
}

export async function turn(agent: Agent, text: string): Promise<AgentEvent[]> {
  const events = [];
  for await (const event of agent.run(text)) events.push(event);
  return events;
}

export const said = (events: readonly AgentEvent[]): string =>
  events
    .flatMap((event) => (event.type === "chunk" && event.chunk.part?.type === "text" ? [event.chunk.part.value] : []))
    .join("");
export const types = (events: readonly AgentEvent[]): string[] => events.map(({ type }) => type);

export const double = {
  name: "double",
  params: { n: { type: "number" } },
  lua: "function invoke(ctx, args) return args.n * 2 end",
};
export const react = (extra: Partial<ReactDefinition> = {}): ReactDefinition => ({
  type: "react",
  name: "helper",
  ...extra,
});
