/**
 * Everything of strategy Y, fetched by the engines that need it.
 * @module
 */
import coroutineSource from "./coroutine.lua?raw";
import { YieldScheduler } from "./scheduler-y.ts";
import yieldableSource from "./yieldable.lua?raw";

export const yielding = { coroutineSource, yieldableSource, YieldScheduler };
export type Yielding = typeof yielding;
