/**
 * How downloads are called in the cache and in the log (spec engine.md §8.8, §9.3).
 * @module
 */

/** A piece of a cache key: whatever is no ASCII letter or digit becomes `-`. */
export function cacheFragment(text: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, "-");
}

const kept = /^(?:zip|txt|yaml|yml|json|dll|so|dylib|lua)$/;

/** The extension a cached file takes over from its address, with the dot, or "". */
export function downloadExtension(url: string): string {
  const name = url.slice(url.lastIndexOf("/") + 1);
  if (/\.tar\.gz$/i.test(name)) return ".tar.gz";
  if (/\.zip$/i.test(name)) return ".zip";
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return name.includes(".") && kept.test(extension) ? `.${extension}` : "";
}
