import { ffiPreludes } from "../../ffi/ffi-module.ts";
import type { BundledModule } from "./bundled-module.ts";

/** LuaJIT's `ffi` (docs/ffi.md). */
export const ffiModule: BundledModule = {
  preludes: ({ os, ffi }) => ffiPreludes({ ...os, native: ffi?.native }),
};
