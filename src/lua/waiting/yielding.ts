/**
 * Everything of strategy Y, fetched by the engines that need it.
 * @module
 */
import coroutineText from "./coroutine.lua?raw";
import passing from "./passing.lua?raw";
import { YieldScheduler } from "./scheduler-y.ts";
import yieldableSource from "./yieldable.lua?raw";

const coroutineSource = `${passing}\n${coroutineText}`;

export const yielding = { coroutineSource, yieldableSource, YieldScheduler };
export type Yielding = typeof yielding;
