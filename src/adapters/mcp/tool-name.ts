import { crc32 } from "../../base/crc32.ts";

/** What clients hand on to the vendors of models takes no more. */
const maxLength = 64;

/** The name of an entry as every client and vendor takes it: itself, or when it is too long its beginning and a checksum of all. */
export function safeToolName(name: string): string {
  if (name.length <= maxLength) return name;
  const sum = crc32(new TextEncoder().encode(name)).toString(16).padStart(8, "0");
  return `${name.slice(0, maxLength - 9)}-${sum}`;
}
