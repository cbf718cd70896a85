/**
 * Which request a signal is for. A host callback learns nothing of its request but the signal, and of several tabs over one
 * engine the one that made the request has to answer.
 * @module
 */

const request = Symbol("request");

type Marked = { [request]?: number | undefined };

export function requestOf(signal: object | undefined): number | undefined {
  return (signal as Marked | undefined)?.[request];
}

/** Marks `signal` as being for the request `from` is for, or of that number; answers it. */
export function forRequest<T extends object>(signal: T, from: object | number | undefined): T {
  (signal as Marked)[request] = typeof from === "number" ? from : requestOf(from);
  return signal;
}
