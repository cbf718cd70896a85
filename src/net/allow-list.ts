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
    // Servers differ in whether they fold what was encoded, and `//`: both must end up inside.
    return isBelow(address.path, base.path) && isBelow(address.unfolded, base.path);
  });
}

const isBelow = (path: string, base: string): boolean =>
  base === "" || withoutTrailingSlashes(path) === base || path.startsWith(`${base}/`);

interface Comparable {
  readonly origin: string;
  readonly path: string;
  /** Decoded, with its `..` and `//`. */
  readonly unfolded: string;
}

function comparable(text: string): Comparable | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return undefined;
  }
  // `https://good.example@evil.example/` names evil.example, and user names have no business in an allow-list.
  if (url.username !== "" || url.password !== "") return undefined;
  let unfolded = url.pathname;
  try {
    // An encoded `%2e%2e%2f` would be folded by some servers; after decoding it is folded here first.
    // What is no text to a decoder is compared with nothing.
    decodeURIComponent(unfolded);
    const decoded = decodedPath(unfolded);
    if (decoded === undefined) return undefined;
    unfolded = decoded.replaceAll("\\", "/").toLowerCase();
  } catch {
    return undefined;
  }
  return { origin: url.origin, path: withoutTrailingSlashes(normalise(unfolded)), unfolded };
}
