/**
 * Hosts that lie inside somebody's network, told by name or address.
 * @module
 */

/** `hostname` as `URL` gives it: every way of writing an IPv4 address is four numbers there, every IPv6 one is folded. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/%.*$/, "")
    .replace(/\.$/, "");
  if (/(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/.test(host)) return true;
  if (host.includes(":")) return isPrivateV6(host);
  const parts = host.split(".").map(Number);
  return parts.length === 4 && parts.every((part) => Number.isInteger(part)) && isPrivateV4(parts);
}

function isPrivateV4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  return (a === 192 && (b === 168 || (b === 0 && c === 0))) || (a === 198 && (b === 18 || b === 19));
}

/** Eight groups; undefined for what is no address. */
function groupsOf(host: string): number[] | undefined {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  const [, head = "", ...quad] = dotted ?? [];
  const [a = 0, b = 0, c = 0, d = 0] = quad.map(Number);
  const text = dotted ? `${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}` : host;
  const [left = "", right, ...more] = text.split("::");
  const read = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const [front, back] = [read(left), read(right ?? "")];
  const missing = 8 - front.length - back.length;
  if (more.length > 0 || missing < 0 || (right === undefined && missing !== 0)) return undefined;
  const groups = [...front, ...new Array<number>(missing).fill(0), ...back];
  return groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined;
}

function isPrivateV6(host: string): boolean {
  const groups = groupsOf(host);
  // What cannot be read is not trusted.
  if (groups === undefined) return true;
  const v4 = (high = 0, low = 0) => isPrivateV4([high >> 8, high & 255, low >> 8, low & 255]);
  const [g0 = 0, g1, g2, , g4, g5, g6, g7] = groups;
  const zeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
  // Unspecified, loopback, IPv4 in IPv6 (compatible, mapped, translated).
  if (zeros(6) || (zeros(5) && g5 === 0xffff) || (zeros(4) && g4 === 0xffff && g5 === 0)) return v4(g6, g7);
  // NAT64 and 6to4 lead to the IPv4 address they carry.
  if (g0 === 0x64 && g1 === 0xff9b) return v4(g6, g7);
  if (g0 === 0x2002) return v4(g1, g2);
  // Teredo leads to one that is written backwards, and no service lives there.
  if (g0 === 0x2001 && g1 === 0) return true;
  return (g0 & 0xfe00) === 0xfc00 || (g0 & 0xffc0) === 0xfe80 || (g0 & 0xffc0) === 0xfec0 || g0 >> 8 === 0xff;
}
