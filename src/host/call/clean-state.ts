/**
 * VMs of the host's own code (`runLua`) start every run as they were made; what should outlive a run is kept in a runtime
 * lease (engine.md §10).
 * @module
 */
import type { Prelude } from "../../lua/interface.ts";
import source from "./clean-state.lua?raw";

/**
 * Writes down what a VM is like, before anything foreign runs in it. Then `clean_state` puts everything back and answers
 * whether it could.
 */
export const cleanStatePrelude: Prelude = { name: "=vulcan.clean", source };
