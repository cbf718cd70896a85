import { report } from "../../client/emitter.ts";
import { checkOptions, storageOf } from "../../client/options.ts";
import { superviseRuntime } from "../../client/supervise.ts";
import type { LeadingPlan } from "../../client/tabs/leading.ts";
import type { Runtime, RuntimeOptions, StorageOptions } from "../../contract/contract.ts";
import { resolveLimits } from "../../limits.ts";
import type { EngineLink } from "../../wire/link.ts";
import type { EngineStart } from "../../wire/protocol.ts";
import { baseAddress } from "./base-address.ts";
import { holdStore } from "./store-lock.ts";

export interface EnginePlan {
  readonly wasm: EngineStart["wasm"];
  readonly waiting: RuntimeOptions["waiting"];
  readonly handshakeMs: number;
  /** Nobody waits for this engine yet: it has time to rehearse its start, on this storage. */
  readonly spare: boolean;
  readonly storage: StorageOptions | undefined;
  /** The engine starts when its side owns the store. */
  readonly storeHeld: Promise<unknown>;
}

/** A runtime on a store of the browser, with engines of any kind. `crosses`: they are in other threads, and only data goes there. */
export async function startRuntime(
  options: RuntimeOptions,
  linkTo: (plan: EnginePlan) => EngineLink,
  crosses: boolean,
): Promise<Runtime> {
  await checkOptions(options);
  const wasm = resolveWasm(options.wasm);
  const { waiting, signal, warmSpare = false } = options;
  const limits = resolveLimits(options.limits);
  const storage = storageOf(options.storage);
  const hold = holdStore(storage, signal);
  const { store, tab } = hold;
  const engineLink: LeadingPlan["engineLink"] = (plan, storeHeld = Promise.resolve()) =>
    linkTo({ wasm, waiting, storage, ...plan, storeHeld });
  const tabs = async () => {
    const plan = { store, tab, wasm, limits, warmSpare, engineLink };
    return { plan, ...(await import("../../client/tabs/tabs.ts")) };
  };
  const links: EngineLink[] = [];
  let next: (() => EngineLink) | undefined;
  let over = false;
  let stopSharing = () => {};
  const letGo = () => {
    over = true;
    stopSharing();
    hold.release();
  };
  try {
    // A worker for somebody who then follows would boot for nothing.
    if (tab !== "" && !(await hold.held)) {
      hold.release();
      const { follow, plan } = await tabs();
      return await follow(options, plan);
    }
    const createLink = (plan: Parameters<typeof engineLink>[0]) => {
      const link = next?.() ?? engineLink(plan, hold.held);
      links.push(link);
      return link;
    };
    const supervised = await superviseRuntime(options, wasm, createLink, letGo, crosses);
    if (tab !== "") {
      tabs()
        .then(({ lead, plan }) => {
          if (over) return;
          stopSharing = lead(supervised, plan, (successor, reason) => {
            next = successor;
            for (const link of links.splice(0)) link.terminate(reason);
            hold.release();
          });
        })
        .catch(report);
    }
    return supervised.runtime;
  } catch (thrown) {
    letGo();
    throw thrown;
  }
}
/** What is relative to the page must become absolute on the page; a URL object does not cross to a worker. */
function resolveWasm(wasm: RuntimeOptions["wasm"] = {}): EngineStart["wasm"] {
  const absolute = (at: string | URL) => new URL(at, baseAddress()).href;
  const { lua, sqlite, jieba } = wasm;
  return {
    ...(lua === undefined ? {} : { lua: typeof lua === "string" || lua instanceof URL ? absolute(lua) : lua }),
    ...(sqlite === undefined ? {} : { sqlite: absolute(sqlite) }),
    ...(jieba === undefined ? {} : { jieba: absolute(jieba) }),
  };
}
