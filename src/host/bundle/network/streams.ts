import type { Prelude } from "../../../lua/interface.ts";
import ltn12 from "./ltn12.lua?raw";
import mime from "./mime.lua?raw";

/** `ltn12` and `mime`, in the order in which they are made. */
export const streamsPreludes = (): readonly Prelude[] => [
  { name: "=ltn12", source: ltn12 },
  { name: "=mime", source: mime },
];
