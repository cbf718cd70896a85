import type { Json, JsonObject, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Agent } from "../agents/agent.ts";
import type { AgentScope } from "../agents/agent-scope.ts";

/** What of a runtime GenX uses. */
export type ScriptRuntime = Pick<Runtime, "runLua" | "call" | "list"> & {
  readonly fs?: Pick<Runtime["fs"], "readText">;
};

export interface Script {
  /** Shown in messages. */
  readonly name: string;
  readonly kind: "tool" | "agent";
  readonly source: string;
  readonly luau: boolean;
  readonly modules: readonly string[];
  readonly timeoutMs: number | undefined;
}

/** A running script and the agent it works for: what its commands act on. */
export interface ScriptRun {
  readonly scope: AgentScope;
  readonly signal: AbortSignal;
  /** Child agents, under the numbers that Lua holds. */
  readonly agents: Map<number, Agent>;
  /** What is closed when the run ends: child agents and streams that are open. */
  readonly owned: Set<{ close(): unknown }>;
}

const wrapper = 'return require"genx".run(args)';

/** Runs scripts on a runtime and knows which run a command came from. */
export class ScriptRunner {
  readonly #runs = new Map<string, ScriptRun>();
  #runtime: ScriptRuntime | undefined;

  /** @throws LuaSkillsError `invalid_argument` before {@link attach} */
  get runtime(): ScriptRuntime {
    if (this.#runtime === undefined) {
      throw new LuaSkillsError("invalid_argument", "GenX has no runtime yet; call genx.attach(runtime) first");
    }
    return this.#runtime;
  }

  attach(runtime: ScriptRuntime): void {
    this.#runtime = runtime;
  }

  /** The run a token names. A script cannot guess another one's. */
  find(token: unknown): ScriptRun | undefined {
    return typeof token === "string" ? this.#runs.get(token) : undefined;
  }

  /** How many scripts are running. */
  get size(): number {
    return this.#runs.size;
  }

  /** Runs a script to its end; `handler` names the function of it to call, with `args`. */
  async run(
    script: Script,
    scope: AgentScope,
    call: { readonly handler: string; readonly args?: Json },
    signal: AbortSignal,
  ): Promise<Json> {
    const token = crypto.randomUUID();
    const run: ScriptRun = { scope, signal, agents: new Map(), owned: new Set() };
    this.#runs.set(token, run);
    try {
      return await this.runtime.runLua(
        wrapper,
        { run: token, ...call, ...describeScript(script), ...describeScope(scope) },
        { signal, timeoutMs: script.timeoutMs, modules: ["genx", ...script.modules] } as object,
      );
    } finally {
      this.#runs.delete(token);
      for (const each of [...run.owned].reverse()) await each.close();
    }
  }
}

function describeScript({ name, kind, source, luau }: Script): JsonObject {
  return { name, kind, source, luau };
}

function describeScope({ name, model, state, ids }: AgentScope): JsonObject {
  return {
    agent: { name, model, state_id: state.id },
    runtime: { request_id: ids.requestId, user_id: ids.userId, trace_id: ids.traceId },
    state: Object.fromEntries(state.properties),
  };
}

/** Keeps a child agent for a run; answers its number. */
export function keepAgent(run: ScriptRun, agent: Agent): number {
  const id = run.agents.size + 1;
  run.agents.set(id, agent);
  run.owned.add(agent);
  return id;
}
