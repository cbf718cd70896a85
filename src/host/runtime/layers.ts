/**
 * The skill layers as skills may know them (vulcan-api.md §6.2): ROOT never shows, and nothing may aim at it.
 * @module
 */
import type { Json, JsonObject } from "../../contract/contract.ts";
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

/** `vulcan.runtime.skills.layers()`. */
export function rootLayers(labels: readonly string[], enabled: boolean): JsonObject {
  const loaded = new Set(labels.map((label) => trimText(label).toUpperCase()));
  const layers = (["PROJECT", "USER"] as const).filter((label) => loaded.has(label));
  return {
    ...(layers.length > 0 ? { default: layers.includes("USER") ? "USER" : "PROJECT" } : {}),
    writable: enabled && layers.length > 0,
    labels: layers,
    layers: layers.map((label) => ({
      label,
      writable: enabled,
      description: label === "USER" ? "User skill layer" : "Project skill layer",
    })),
  };
}
