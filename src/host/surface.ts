/**
 * Every `vulcan.*` function and field as data: parameters, results, documentation, section, mark. types/vulcan.d.lua is
 * generated from it (scripts/lua-types.mjs), and a test holds it against the live VM.
 * @module
 */
import { databaseSurface } from "./surface-databases.ts";
import type { SurfaceEntry } from "./surface-entry.ts";
import { fileSurface } from "./surface-files.ts";
import { hostSurface } from "./surface-host.ts";

export const surface: readonly SurfaceEntry[] = [...hostSurface, ...fileSurface, ...databaseSurface];
