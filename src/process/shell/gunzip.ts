import { gunzipSync } from "fflate";

const mostBytes = 512 * 2 ** 20;

/**
 * Unpacks gzip. The last four bytes say how large the content is, and that much memory is taken: a lie is found out, but only
 * after it was believed.
 * @throws Error when it would be more than `maxBytes`
 */
export function gunzip(data: Uint8Array, maxBytes = mostBytes): Uint8Array {
  const size = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(
    Math.max(0, data.length - 4),
    true,
  );
  if (size > Math.min(maxBytes, mostBytes)) throw new Error(`unpacked it would take ${size} bytes`);
  return gunzipSync(data);
}
