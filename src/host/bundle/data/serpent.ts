import type { Prelude } from "../../../lua/interface.ts";
import source from "./serpent.lua?raw";

export const serpentPreludes = (): readonly Prelude[] => [{ name: "=serpent", source }];
