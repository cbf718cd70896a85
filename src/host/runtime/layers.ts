/**
 * The skill layers as skills may know them (vulcan-api.md §6.2): ROOT never shows, and nothing may aim at it.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";
import { trimText } from "../arguments.ts";

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
