/**
 * Every `vulcan.*` function and field as data: parameters, results, documentation, section. types/vulcan.d.lua is
 * generated from it (npm run lua-types), and a test holds it against the live VM.
 * @module
 */
import { databaseSurface } from "./databases.ts";
import type { SurfaceEntry } from "./entry.ts";
import { fileSurface } from "./files.ts";
import { hostSurface } from "./host.ts";

export const surface: readonly SurfaceEntry[] = [...hostSurface, ...fileSurface, ...databaseSurface];
