import type { Prelude } from "../../../lua/interface.ts";
import module from "./cjson.lua?raw";
import encode from "./cjson-encode.lua?raw";
import util from "./cjson-util.lua?raw";

/** `cjson`, `cjson.safe` and `cjson.util`, in the order in which their parts are made. */
export const cjsonPreludes = (): readonly Prelude[] => [
  { name: "=cjson.encode", source: encode },
  { name: "=cjson", source: module },
  { name: "=cjson.util", source: util },
];
