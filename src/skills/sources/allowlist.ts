/**
 * The prefix list of private skill sources (spec engine.md §8.7).
 * @module
 */

/**
 * Lower-case, without trailing slashes, equal to an entry or below it. Addresses are normalised first, so neither `..` nor
 * `%2e` nor a user-info part can make a foreign address look like a listed one.
 */
export function isAllowedSource(url: string, allowlist: readonly string[]): boolean {
  const candidate = normalise(url);
  if (candidate === undefined) return false;
  return allowlist.some((entry) => {
    const prefix = normalise(entry);
    return prefix !== undefined && (candidate === prefix || candidate.startsWith(`${prefix}/`));
  });
}

function normalise(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return undefined;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  // `%2f` and `%5c` stay opaque to us but may be separators to a server: refuse rather than guess.
  if (/%2f|%5c/i.test(url.pathname)) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  if (path.split("/").includes("..")) return undefined;
  return `${url.protocol}//${url.host}${path}${url.search}`.toLowerCase().replace(/\/+$/, "");
}
