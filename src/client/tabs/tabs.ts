/**
 * Several tabs over one store: one leads and runs the engine, the others use it. Loaded when a tab has started as the leader,
 * or finds one.
 * @module
 */
import type { Runtime, RuntimeOptions } from "../../contract/contract.ts";
import type { LuaSkillsError } from "../../errors.ts";
import type { EngineLink } from "../../wire/link.ts";
import { eventNames } from "../emitter.ts";
import { type StartedRuntime, superviseRuntime } from "../supervise.ts";
import { leaderChanged } from "./leader-changed.ts";
import type { LeadingPlan } from "./leading.ts";
import { watchPage } from "./page-life.ts";
import { TabHost } from "./tab-host.ts";
import { TabLink } from "./tab-link.ts";

/** A runtime over the engine of whoever leads. @throws LuaSkillsError what createRuntime throws, and `options_differ` */
export async function follow(options: RuntimeOptions, plan: LeadingPlan): Promise<Runtime> {
  return (await superviseRuntime(options, {}, () => new TabLink(plan), undefined, true)).runtime;
}

/**
 * Lets other tabs use the engine of a runtime that has started by itself. `handOver` ends that engine and lets go of the
 * store; what it is given makes the links that follow. The result ends it all, at once.
 */
export function lead(
  { runtime, transport, start }: StartedRuntime,
  plan: LeadingPlan,
  handOver: (next: () => EngineLink, reason: LuaSkillsError) => void,
): () => void {
  const host = new TabHost(plan.store, plan.tab, { transport, start: { ...start, wasm: {} } });
  // Before its engine closes the tab takes nothing more from others: what comes then is the next one's.
  const close = runtime.close.bind(runtime);
  runtime.close = () => {
    end();
    return close();
  };
  const ends = [
    () => host.close(),
    runtime.subscribe(() => host.registryChanged()),
    ...eventNames.map((name) => runtime.on(name, (event) => host.event(name, event))),
    watchPage({
      stopping() {
        end();
        handOver(() => new TabLink(plan, true), leaderChanged("a call", false));
      },
      woken() {},
    }),
  ];
  const end = () => {
    for (const each of ends) each();
  };
  return end;
}
