/**
 * PBKDF2 whose rounds are paid for, and which lets others work in between: ten million of them take most of a minute.
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import type { CHash } from "@noble/hashes/utils.js";
import { nextTurn } from "../../../base/turn.ts";
import { charge, paying } from "../../../base/work.ts";
import { digestedKey, updateInParts } from "../digest-in-parts.ts";

/** Two blocks of a digest. */
const roundUnits = 150;
/** Some milliseconds. */
const roundsAtOnce = 2000;

export async function derivedKey(
  hash: CHash,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  const keyed = hmac.create(hash, digestedKey(hash, password));
  const out = new Uint8Array(length);
  const number = new Uint8Array(4);
  const first = paying((block: number) => {
    charge(2 * roundUnits);
    new DataView(number.buffer).setUint32(0, block);
    const work = keyed._cloneInto();
    updateInParts(work, salt);
    return work.update(number).digest();
  });
  const rounds = paying((last: Uint8Array, sum: Uint8Array, count: number) => {
    const work = keyed._cloneInto();
    for (let round = 0; round < count; round++) {
      charge(roundUnits);
      keyed._cloneInto(work);
      work.update(last).digestInto(last);
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) ^ (last[i] ?? 0);
    }
  });
  let worked = 0;
  for (let block = 1, at = 0; at < length; block++, at += hash.outputLen) {
    const last = first(block);
    const sum = last.slice();
    for (let left = iterations - 1; left >= 0; left -= roundsAtOnce) {
      const count = Math.min(roundsAtOnce, left);
      rounds(last, sum, count);
      worked += count + 1;
      if (worked < roundsAtOnce) continue;
      worked = 0;
      await nextTurn();
    }
    out.set(sum.subarray(0, length - at), at);
  }
  return out;
}
