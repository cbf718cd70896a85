import type { Yielding } from "./waiting/yielding.ts";
import type { ChunkCache } from "./wasm/chunk-cache.ts";
import type { LinkedModule } from "./wasm/link.ts";

/** What the VMs of one booted Lua are made of. */
export interface LuaParts {
  readonly linked: LinkedModule;
  /** Strategy Y; absent under J. */
  readonly yielding?: Yielding;
  /** Preludes a VM has compiled before; there once VMs are made again and again. */
  chunks?: ChunkCache;
}
