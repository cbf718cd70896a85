/**
 * WebAssembly's JavaScript Promise Integration, which lib.dom does not know yet.
 * @module
 */
interface Jspi {
  readonly Suspending?: new (fn: (...args: number[]) => unknown) => object;
  readonly promising?: (fn: unknown) => unknown;
}

const jspi = WebAssembly as unknown as Jspi;

export const hasJspi = (): boolean => typeof jspi.Suspending === "function" && typeof jspi.promising === "function";

/**
 * V8 keeps a suspended stack until it goes on, and with it the instance and all its memory; it can be told by the form of its
 * stack traces. Firefox collects stacks, and would take a millisecond to unwind each level of pcall.
 */
export const keepsStacks = /^ +at /m.test(new Error().stack ?? "");

/** An import that suspends the wasm stack until its promise settles. */
export function webAssemblySuspending(fn: (L: number) => Promise<number>): (L: number) => number {
  if (!jspi.Suspending) throw new Error("this JavaScript engine has no WebAssembly.Suspending");
  return new jspi.Suspending(fn) as unknown as (L: number) => number;
}

/** An export that may suspend. */
export function webAssemblyPromising<A extends number[]>(fn: (...args: A) => number): (...args: A) => Promise<number> {
  if (!jspi.promising) throw new Error("this JavaScript engine has no WebAssembly.promising");
  return jspi.promising(fn) as (...args: A) => Promise<number>;
}
