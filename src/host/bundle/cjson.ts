import type { Prelude } from "../../lua/interface.ts";
import source from "./cjson.lua?raw";

export const cjsonPreludes = (): readonly Prelude[] => [{ name: "=cjson", source }];
