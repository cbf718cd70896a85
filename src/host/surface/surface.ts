/**
 * Every `vulcan.*` function and field as data, from the `surface.ts` beside each namespace: parameters, results,
 * documentation, section. types/vulcan.d.lua is generated from it (npm run lua-types), and a test holds it against the
 * live VM.
 * @module
 */
import { cacheSurface } from "../cache/surface.ts";
import { callSurface } from "../call/surface.ts";
import { configSurface } from "../config/surface.ts";
import { databaseSurface } from "../databases/surface.ts";
import { fsSurface } from "../fs/surface.ts";
import { ioSurface } from "../io/surface.ts";
import { jsonSurface } from "../json/surface.ts";
import { modelSurface } from "../models/surface.ts";
import { osSurface } from "../os/surface.ts";
import { pathSurface } from "../path/surface.ts";
import { processSurface } from "../process/surface.ts";
import { runtimeSurface } from "../runtime/surface.ts";
import { toolSurface } from "../tools/surface.ts";
import type { SurfaceEntry } from "./entry.ts";

export const surface: readonly SurfaceEntry[] = [
  callSurface,
  runtimeSurface,
  cacheSurface,
  configSurface,
  toolSurface,
  modelSurface,
  processSurface,
  jsonSurface,
  pathSurface,
  fsSurface,
  ioSurface,
  osSurface,
  databaseSurface,
].flat();
