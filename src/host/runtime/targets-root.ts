/**
 * Whether a request aims at the ROOT layer, which nothing may (vulcan-api.md §6.2).
 * @module
 */
import type { Json } from "../../contract/contract.ts";
import { trimText } from "../arguments.ts";

const layerKeys = new Set(["layer", "targetlayer", "root", "rootname", "targetroot", "targetrootname"]);

/** True when any member that names a layer holds the string ROOT, however deep. */
export function targetsRoot(input: Json): boolean {
  if (Array.isArray(input)) return input.some(targetsRoot);
  if (typeof input !== "object" || input === null) return false;
  return Object.entries(input).some(([key, value]) => {
    const named = layerKeys.has(key.replaceAll(/[_-]/g, "").toLowerCase());
    return (named && containsRoot(value)) || targetsRoot(value);
  });
}

function containsRoot(value: Json): boolean {
  if (typeof value === "string") return trimText(value).toUpperCase() === "ROOT";
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsRoot);
}
