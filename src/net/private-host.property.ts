import fc from "fast-check";
import { expect, it } from "vitest";
import { isPrivateHost } from "./private-host.ts";

type Bytes = readonly [number, number, number, number];

/** Address and length of the prefix: what a server must not ask on behalf of a skill. */
const inside: ReadonlyArray<readonly [Bytes, number]> = [
  [[0, 0, 0, 0], 8],
  [[10, 0, 0, 0], 8],
  [[100, 64, 0, 0], 10],
  [[127, 0, 0, 0], 8],
  [[169, 254, 0, 0], 16],
  [[172, 16, 0, 0], 12],
  [[192, 0, 0, 0], 24],
  [[192, 168, 0, 0], 16],
  [[198, 18, 0, 0], 15],
  [[224, 0, 0, 0], 3],
];
const numberOf = ([a, b, c, d]: Bytes) => ((a * 256 + b) * 256 + c) * 256 + d;
const isInside = (bytes: Bytes) =>
  inside.some(([base, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(numberOf(bytes) / size) === Math.floor(numberOf(base) / size);
  });

const byte = fc.integer({ min: 0, max: 255 });
const anywhere = fc.tuple(byte, byte, byte, byte);
/** Near the edges of what is refused, too: a tenth of all addresses lies inside. */
const nearby = fc
  .tuple(fc.constantFrom(...inside), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([[base, length], by, end]): Bytes => {
    const at = (numberOf(base) + (end ? 2 ** (32 - length) : 0) + by + 2 ** 32) % 2 ** 32;
    return [Math.floor(at / 2 ** 24), Math.floor(at / 2 ** 16) % 256, Math.floor(at / 256) % 256, at % 256];
  });
const address = fc.oneof(anywhere, nearby);

const hex = (number: number) => number.toString(16);
const wide = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const pairs = ([a, b, c, d]: Bytes) => `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
const spellings: ReadonlyArray<(bytes: Bytes) => string> = [
  (bytes) => bytes.join("."),
  (bytes) => `${bytes.join(".")}.`,
  (bytes) => wide(bytes.join(".")),
  (bytes) => bytes.map((each) => `0x${hex(each).toUpperCase()}`).join("."),
  (bytes) => bytes.map((each) => `0${each.toString(8)}`).join("."),
  (bytes) => String(numberOf(bytes)),
  (bytes) => `0X${hex(numberOf(bytes))}`,
  (bytes) => `0${numberOf(bytes).toString(8)}`,
  ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
  ([a, b, c, d]) => `0${a.toString(8)}.${b}.0x${hex(c * 256 + d)}`,
  (bytes) => `[::ffff:${bytes.join(".")}]`,
  (bytes) => `[::FFFF:${pairs(bytes)}]`,
  (bytes) => `[0:0:0:0:0:ffff:${pairs(bytes)}]`,
  (bytes) => `[::${bytes.join(".")}]`,
  (bytes) => `[::ffff:0:${pairs(bytes)}]`,
  (bytes) => `[64:ff9b::${pairs(bytes)}]`,
  (bytes) => `[2002:${pairs(bytes)}::1]`,
];

it("an address is inside a network or outside in every spelling", () => {
  fc.assert(
    fc.property(address, fc.constantFrom(...spellings), (bytes, spell) => {
      const { hostname } = new URL(`http://${spell(bytes)}:80/`);
      expect(isPrivateHost(hostname), `${spell(bytes)} is ${hostname}`).toBe(isInside(bytes));
    }),
  );
});
