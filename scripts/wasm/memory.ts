import { once } from "./anchors.ts";
import type { WatModule } from "./wat-module.ts";

const stockPages = 256;
/** 2 MB: static data and the C stack end at 1.04 MB, the rest grows as before. */
const pages = 32;

/** A VM starts with 2 MB instead of 16: one wasm instance per VM makes the difference. */
export function shrinkInitialMemory(module: WatModule): void {
  const line = once(module.find(new RegExp(`^\\(memory \\S+ ${stockPages} `)), "initial memory");
  module.replace(line, module.line(line).replace(` ${stockPages} `, ` ${pages} `));
}
