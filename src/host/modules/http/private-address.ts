/**
 * Hosts that lie inside somebody's network, told by name or literal address: a sandbox cannot resolve names.
 * @module
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  if (/(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/.test(host)) return true;
  if (host.includes(":")) return isPrivateV6(host);
  // The URL parser has turned every way of writing an IPv4 address into four numbers.
  const parts = host.split(".").map(Number);
  return parts.length === 4 && parts.every((part) => Number.isInteger(part)) && isPrivateV4(parts);
}

function isPrivateV4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  return (a === 192 && (b === 168 || b === 0)) || (a === 198 && (b === 18 || b === 19));
}

function isPrivateV6(host: string): boolean {
  if (host === "::" || host === "::1") return true;
  const mapped = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (mapped) {
    const [high, low] = [Number.parseInt(mapped[1] ?? "0", 16), Number.parseInt(mapped[2] ?? "0", 16)];
    return isPrivateV4([high >> 8, high & 255, low >> 8, low & 255]);
  }
  return /^f[cd]/.test(host) || /^fe[89ab]/.test(host) || /^ff/.test(host);
}
