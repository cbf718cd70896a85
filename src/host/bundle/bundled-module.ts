import type { Prelude } from "../../lua/interface.ts";
import type { HostServices } from "../services.ts";

/** What a lazy file of a module exports: the preludes that put it into `package.preload`, made anew for every VM. */
export interface BundledModule {
  preludes(services: HostServices): readonly Prelude[];
}
