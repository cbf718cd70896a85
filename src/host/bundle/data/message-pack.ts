import type { Prelude } from "../../../lua/interface.ts";
import source from "./message-pack.lua?raw";

export const messagePackPreludes = (): readonly Prelude[] => [{ name: "=message-pack", source }];
