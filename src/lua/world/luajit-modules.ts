/**
 * The source of string.buffer and jit.util: few programs ask for them, so a page fetches them then.
 * @module
 */
import source from "./dialect/luajit-modules.lua?raw";

export const luaJitModules = source;
