/**
 * Addresses as text that somebody else wrote: what is odd about them is refused before anything is compared.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";

const decodings = 8;

/** @throws LuaSkillsError `invalid_argument` | `permission_denied` */
export function parsedAddress(url: string): URL {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: line breaks and NUL are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(url) || url !== url.trim()) {
    throw new LuaSkillsError("invalid_argument", `${JSON.stringify(url)} has a character that no address has`);
  }
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (error) {
    throw new LuaSkillsError("invalid_argument", `'${url}' is not an absolute URL`, { cause: error });
  }
  const refuse = (text: string) => new LuaSkillsError("permission_denied", text, { data: { url } });
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw refuse(`'${url}' is not an http or https address`);
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw refuse(`'${parsed.origin}' is asked with a user name in the address; send an authorization header`);
  }
  if (decodedPath(parsed.pathname) === undefined) throw refuse(`the path of '${url}' is encoded again and again`);
  return parsed;
}

/** The path as a server sees it that decodes until nothing is left to decode; undefined for one that has no end. */
export function decodedPath(pathname: string): string | undefined {
  let path = pathname;
  for (let i = 0; i < decodings; i++) {
    // Byte by byte: a percent sign that encodes nothing is one, and what is no UTF-8 is decoded by somebody, too.
    const decoded = path.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
    if (decoded === path) return path;
    path = decoded;
  }
  return undefined;
}
