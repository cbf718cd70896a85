/**
 * What crosses to the process of native libraries: JSON, which crosses twice as fast as structured clones of such small messages.
 * Bytes and 64-bit integers stand in it as `{"$b": base64}` and `{"$n": "-5"}`; ffi-child.mjs does the same.
 * @module
 */

/** Object keys come from this package only, never from a skill. */
export function toChild(value: unknown): unknown {
  if (typeof value === "bigint") return { $n: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) {
    return { $b: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  }
  if (Array.isArray(value)) return value.map(toChild);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toChild(member)]));
}

export function fromChild(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromChild);
  const { $n, $b } = value as { readonly $n?: unknown; readonly $b?: unknown };
  if (typeof $n === "string") return BigInt($n);
  if (typeof $b === "string") return new Uint8Array(Buffer.from($b, "base64"));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromChild(member)]));
}
