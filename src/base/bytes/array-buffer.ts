const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

/** Of any realm, detached or not: one of a frame is no instance of ours, and a tag can be made up. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (typeof value !== "object" || value === null) return false;
  try {
    return byteLength?.call(value) !== undefined;
  } catch {
    return false;
  }
}
