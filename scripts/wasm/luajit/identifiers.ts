import { AnchorError } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

/** The classes of the letters of either case: the hexadecimal ones are told apart. */
const alphabet = [0x15, 0x15, 0x15, 0x15, 0x15, 0x15, ...new Array<number>(20).fill(0x05)];
const letter = 0x01;

/**
 * Bytes above 127 are letters, as in LuaJIT: names may be written in any script. Lua's table of character classes holds
 * nothing for them, so they lie behind a data segment's end; a segment of their own fills them in.
 */
export function takeBytesAsLetters(module: WatModule, data: StaticData): void {
  const [upper = 0, lower, ...more] = data.find(alphabet);
  if (lower !== upper + 32 || more.length > 0) throw new AnchorError("character classes", "are not where they were");
  const first = upper - "A".charCodeAt(0) + 128;
  for (let at = first; at < first + 128; at++) {
    if (data.byte(at) !== 0) throw new AnchorError("character classes", `byte ${at - first + 128} has a class already`);
  }
  module.addField("data", `(data (i32.const ${first}) "${`\\${letter.toString(16).padStart(2, "0")}`.repeat(128)}")`);
}
