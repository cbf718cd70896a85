import { signal } from "@preact/signals";
import { createRuntime, type EntryDescriptor, type Runtime } from "luaskills-wasm";
import { type Agent, createGenx, type Genx, type Replay, replay, type Trace, TraceRecorder } from "luaskills-wasm/genx";
import { approve, questions } from "./approvals.ts";
import { chosenModel } from "./settings.ts";
import { addItem, clearItems, showEvent } from "./timeline.ts";

export type Status = "starting" | "ready" | "working" | "replaying" | "failed";

export const status = signal<Status>("starting");
export const failure = signal("");
export const entries = signal<readonly EntryDescriptor[]>([]);

const samples = ["text-stats-v1.0.0-skill.zip", "notebook-v1.0.0-skill.zip"];
const prompt = "You help with texts. Use your tools; say what they answered.";
const luaLimitMs = 10_000;

const recorder = new TraceRecorder();
let runtime: Runtime | undefined;
let genx: Genx | undefined;
let agent: Agent | undefined;

/** The engine, with the sample skills as tools. Nothing of it is kept when the tab is closed. */
export async function start(): Promise<void> {
  try {
    runtime = await createRuntime({
      storage: { kind: "memory" },
      modules: ["genx"],
      grants: { "*": ["genx"] },
      commands: relayed(),
    });
    for (const file of samples) {
      const url = new URL(`./skills/${file}`, document.baseURI).href;
      await runtime.skills.install({ url });
    }
    entries.value = [...runtime.list()];
    status.value = "ready";
  } catch (thrown) {
    failure.value = thrown instanceof Error ? thrown.message : String(thrown);
    status.value = "failed";
  }
}

/** The runtime outlives every GenX of this page: its commands go to the one of the moment. */
function relayed(): Genx["commands"] {
  const names = Object.keys(createGenx().commands);
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (payload: unknown, context: { readonly signal: AbortSignal }) => genx?.commands[name]?.(payload, context),
    ]),
  );
}

function engine(): Runtime {
  if (!runtime) throw new Error("the engine is not running");
  return runtime;
}

async function createAgent(played?: Replay): Promise<Agent> {
  await genx?.close();
  genx = createGenx({
    ...(played ? { replay: played } : { models: { default: chosenModel() }, approve, trace: recorder }),
  }).attach(engine());
  return genx.createAgent({
    type: "react",
    name: "helper",
    prompt,
    tools: [
      {
        name: "run_lua",
        description: "Runs Lua in a sandbox and answers what it returns",
        params: { code: { type: "string", description: "A Lua chunk that returns a value" } },
        run: (args, { signal: stop }) =>
          engine().runLua((args as { code: string }).code, {}, { signal: stop, timeoutMs: luaLimitMs }),
      },
      ...entries.value.map(({ name }) => ({ skill: name })),
    ],
  });
}

/** Says something; the next agent is made with the settings of the moment. */
export async function say(text: string): Promise<void> {
  addItem({ kind: "user", text });
  await work("working", async () => {
    agent ??= await createAgent();
    for await (const event of agent.run(text)) showEvent(event);
  });
}

export async function stop(): Promise<void> {
  for (const question of questions.value) question.answer(false);
  await agent?.interrupt();
}

/** A new conversation. */
export async function reset(): Promise<void> {
  const former = agent;
  agent = undefined;
  recorder.clear();
  clearItems();
  await former?.close();
}

export const exportTrace = (): Trace => recorder.trace;

/** Plays a trace again: models and tools answer what they answered then. */
export async function play(trace: Trace): Promise<void> {
  await reset();
  await work("replaying", async () => {
    const player = await createAgent(replay(trace));
    for (const text of inputsOf(trace)) {
      addItem({ kind: "user", text });
      for await (const event of player.run(text)) showEvent(event);
    }
    await player.close();
    addItem({ kind: "note", text: "Played from the trace: no model and no tool ran." });
  });
}

/** What the user said, from the messages of the last generation. */
function inputsOf({ entries: all }: Trace): readonly string[] {
  const last = all.findLast((entry) => entry.type === "generation");
  const messages = last?.type === "generation" && Array.isArray(last.messages) ? last.messages : [];
  return messages.flatMap((message) => {
    const { role, contents } = message as { role: string; contents: { type: string; value?: string }[] };
    return role === "user" ? [contents.map(({ value = "" }) => value).join("")] : [];
  });
}

async function work(kind: Status, what: () => Promise<void>): Promise<void> {
  status.value = kind;
  try {
    await what();
  } catch (thrown) {
    addItem({ kind: "error", text: thrown instanceof Error ? thrown.message : String(thrown) });
  } finally {
    status.value = "ready";
  }
}
