/**
 * How a VM begins: with nothing, or as the image of another.
 * @module
 */
import type { Dispatcher } from "./waiting/dispatcher.ts";
import type { LuaInstance, MemoryImage } from "./wasm/instance.ts";
import type { World, WorldRefs } from "./world/sandbox.ts";

/** A VM as it is once its preludes have run. Others made alike can begin as it, as long as the host still answers the same. */
export interface VmImage {
  readonly memory: MemoryImage;
  readonly refs: WorldRefs;
  readonly answers: Answers;
}

/** What the host told the preludes, by the number of the function. */
export type Answers = ReadonlyMap<number, string>;

export interface Beginning {
  /** Begin as this. */
  readonly from?: VmImage | undefined;
  /** Become an image for others, where what the host says while `make` goes on allows it. */
  readonly remember?: (
    instance: LuaInstance,
    dispatcher: Dispatcher,
    make: () => World,
  ) => { world: World; image: VmImage | undefined };
}
