/**
 * The imports of the bridge (wat/bridge.wat) and of the meter, as JavaScript sees them. Answers of the first group:
 * 0 or more = so many results were pushed, -1 = raise what is on top.
 * @module
 */
export interface HostImports {
  /** Also {@link THROUGH}. */
  host_call(L: number, id: number, count: number): number;
  /** As host_call; also {@link SUSPEND}, or {@link yieldAnswer}. */
  host_begin(L: number, id: number, count: number): number;
  host_settled(L: number, ticket: number): number;
  host_enter(L: number): number;
  host_leave(L: number): number;

  /** Under J a WebAssembly.Suspending; otherwise never called. */
  readonly host_wait: (L: number) => number;
  host_failed(L: number): void;
  host_hook(L: number): number;
  guard_hit(L: number, where: number): number;
}

export const RAISE = -1;
export const SUSPEND = -2;
/** "Call the function above the arguments with what is above it: what it answers are the results." */
export const THROUGH = -2;
/** "Yield what is on top; you will be settled under this ticket." */
export const yieldAnswer = (ticket: number): number => -3 - ticket;
/** The meter's word for "a pause is over" (scripts/wasm/metering/budget.ts). */
export const RESUMED = 4;
