import type { Prelude } from "../../lua/interface.ts";
import source from "./streams.lua?raw";

/** `ltn12` and `mime`. */
export const streamsPreludes = (): readonly Prelude[] => [{ name: "=streams", source }];
