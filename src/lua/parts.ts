import type { Guard } from "./guard/guard.ts";
import type { Yielding } from "./waiting/yielding.ts";
import type { ChunkCache } from "./wasm/chunk-cache.ts";
import type { LuaInstance } from "./wasm/instance.ts";
import type { LinkedModule } from "./wasm/link.ts";

/** What the VMs of one booted Lua are made of. */
export interface LuaParts {
  readonly linked: LinkedModule;
  /** How the guard looks in, where the wasm does not count itself. */
  readonly hook?: {
    arm(instance: LuaInstance): void;
    hit(guard: Guard, instance: LuaInstance, L: number): number;
  };
  /** Strategy Y; absent under J. */
  readonly yielding?: Yielding;
  /** Preludes a VM has compiled before; there once VMs are made again and again. */
  chunks?: ChunkCache;
}
