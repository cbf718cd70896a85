/**
 * How downloads are called in the cache and in the log (spec engine.md §8.8, §9.3).
 * @module
 */

/** A piece of a cache key: whatever is no ASCII letter or digit becomes `-`. */
export function cacheFragment(text: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, "-");
}

/** The extension a cached file takes over from its address, with the dot, or "". */
export function downloadExtension(url: string): string {
  const name = url.slice(url.lastIndexOf("/") + 1);
  const archive = /\.(?:tar\.gz|zip)$/i.exec(name)?.[0].toLowerCase();
  return archive ?? /\.(?:txt|ya?ml|json|dll|so|dylib|lua)$/.exec(name)?.[0] ?? "";
}
