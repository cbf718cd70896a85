/**
 * Which addresses a list of URL prefixes covers.
 * @module
 */
import { withoutTrailingSlashes } from "../base/path-text.ts";
import { normalise } from "../base/paths.ts";
import { decodedPath } from "./address.ts";

/**
 * Equal, or the prefix followed by `/` (so `…/manifests` does not cover `…/manifests-extra`), compared after the URL
 * parser has folded `..`, case of the host and default ports (engine.md §8.7).
 */
export function isAllowed(url: string, prefixes: readonly string[]): boolean {
  const address = comparable(url);
  if (address === undefined) return false;
  return prefixes.some((prefix) => {
    const base = comparable(prefix);
    if (base === undefined || base.origin !== address.origin) return false;
    return base.path === address.path || base.path === "" || address.path.startsWith(`${base.path}/`);
  });
}

function comparable(text: string): { origin: string; path: string } | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return undefined;
  }
  // `https://good.example@evil.example/` names evil.example, and user names have no business in an allow-list.
  if (url.username !== "" || url.password !== "") return undefined;
  let path = url.pathname;
  try {
    // An encoded `%2e%2e%2f` would be folded by some servers; after decoding it is folded here first.
    // What is no text to a decoder is compared with nothing.
    decodeURIComponent(path);
    const decoded = decodedPath(path);
    if (decoded === undefined) return undefined;
    path = normalise(decoded.replaceAll("\\", "/"));
  } catch {
    return undefined;
  }
  return { origin: url.origin, path: withoutTrailingSlashes(path.toLowerCase()) };
}
