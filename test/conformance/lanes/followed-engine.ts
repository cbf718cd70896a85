import { Supervisor } from "../../../src/client/supervisor.ts";
import { Seat } from "../../../src/client/tabs/seat.ts";
import { TabHost } from "../../../src/client/tabs/tab-host.ts";
import { TabLink } from "../../../src/client/tabs/tab-link.ts";
import type { EngineOptions, HostCallbacks } from "../../../src/contract/contract.ts";
import type { Engine, EnginePlatform } from "../../../src/engine/interface.ts";
import { LuaSkillsError } from "../../../src/errors.ts";
import { defaultLimits } from "../../../src/limits.ts";
import { registeredCallbacks } from "../../../src/wire/host-callbacks.ts";
import { InlineLink } from "../../../src/wire/inline-link.ts";
import type { EngineLink } from "../../../src/wire/link.ts";
import type { EngineEvent } from "../../../src/wire/transport.ts";
import type { HostStubs } from "../case-format.ts";
import type { ConformancePlatform } from "../platform.ts";

/**
 * The engine of a leader as a follower has it: everything a case asks for goes over the channel between two tabs and back, and
 * host callbacks are asked for over it.
 */
export async function followedEngine(
  createEngine: ConformancePlatform["createEngine"],
  platform: EnginePlatform,
  options: EngineOptions,
  stubs: HostStubs,
): Promise<Engine> {
  const store = crypto.randomUUID();
  const seat = new Seat(store, "leader");
  await seat.mine;
  let engine: Engine | undefined;
  let host: TabHost | undefined;
  const led = supervise(
    platform.callbacks,
    () =>
      new InlineLink(async (_start, wiring) => {
        engine = await createEngine({ ...platform, ...wiring }, options, stubs);
        return engine;
      }),
    // What is told while the engine starts nobody can follow yet.
    ({ name, event }) => (host ? host.event(name, event) : platform.emit(name, event)),
    () => host?.registryChanged(),
  );
  const follower = supervise(
    platform.callbacks,
    () => new TabLink({ store, tab: "follower", wasm: {}, limits: defaultLimits, warmSpare: false, engineLink: never }),
    ({ name, event }) => platform.emit(name, event),
    () => {},
  );
  const close = async () => {
    await follower.close();
    host?.close();
    await led.close();
    seat.leave();
  };
  try {
    await led.start();
    host = new TabHost(store, "leader", { transport: led, start: startOf(platform.callbacks) });
    await follower.start();
    if (follower.capabilities.role !== "follower") throw new Error("nobody was there to follow");
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    capabilities: follower.capabilities,
    snapshot: () => follower.snapshot(),
    request: (request, { signal } = {}) => follower.request(request, signal ? { signal } : {}),
    cancel: never,
    memory: () => engine?.memory() ?? { vms: 0, databases: 0, files: 0 },
    close,
  };
}

const startOf = (callbacks: HostCallbacks) => ({ options: {}, callbacks: registeredCallbacks(callbacks), wasm: {} });

function supervise(
  callbacks: HostCallbacks,
  createLink: () => EngineLink,
  emit: (event: EngineEvent) => void,
  changed: () => void,
): Supervisor {
  const plan = { createLink, start: startOf(callbacks), callbacks, emit, changed, ended: () => {} };
  return new Supervisor({ ...plan, limits: defaultLimits, warmSpare: false });
}

function never(): never {
  throw new LuaSkillsError("internal", "a follower of a case leads nobody");
}
