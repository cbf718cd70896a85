/**
 * Modules that `require` finds by name without a file: they come with this package and are loaded on first use. To add
 * one, answer its name in `has` (the only part that is always loaded: keep it to the names) and its prelude from `load`
 * (behind a dynamic import). The prelude leaves the module in `primitives.exports.bundled[name]`; it may leave several.
 * @module
 */
import type { Prelude } from "../../lua/interface.ts";

export interface BundledModules {
  /** Asked when neither `package.preload` nor a Lua file has the name. */
  has(name: string): boolean;
  /** Installed in the VM that asks, in this order, while its run waits. */
  load(name: string): Promise<Prelude | readonly Prelude[]>;
}
