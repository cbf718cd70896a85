/**
 * Where an error happened, as Lua's texts tell it.
 * @module
 */

export interface Place {
  /** What Lua calls the chunk: the name of a module, `run_lua`, or a path; long ones are cut by Lua. */
  readonly chunk: string;
  readonly line: number;
}

const position = String.raw`(?:\[string "([^\n]*?)"\]|([^\s:]+)):(\d+):`;
const atStart = new RegExp(`^${position} `);
/** A module that does not compile is told of with its whole path. */
const loading = /^error loading module '[^\n]*' from file '([^\n]*)':\n\t[^\n]*?:(\d+): /;
const frame = new RegExp(`^\\t${position} in `);
/** Chunks of the house: their lines are nobody's concern. */
const own = /^(?:(?:vulcan|stdlib|modules|ffi)(?:\.[\w.]+)?|dialect|sandbox|coroutine|yieldable|luajit)$/;

/** The position a message begins with. */
export function placeIn(message: string): Place | undefined {
  const module = loading.exec(message);
  if (module?.[1] !== undefined) return { chunk: module[1], line: Number(module[2]) };
  return read(atStart.exec(message));
}

/** The innermost frame of a traceback that is not the house's own. */
export function topPlace(traceback: string | undefined): Place | undefined {
  for (const line of traceback?.split("\n") ?? []) {
    const place = read(frame.exec(line));
    if (place && !own.test(place.chunk)) return place;
  }
  return undefined;
}

/** Whether a host function raised: what it says has no position, and what a program raises has one if it wants. */
export function raisedByHost(traceback: string | undefined): boolean {
  const [, first = "", second = ""] = traceback?.split("\n") ?? [];
  return first.startsWith("\t[C]: in ") && !second.startsWith("\tdialect:");
}

function read(found: RegExpExecArray | null): Place | undefined {
  const chunk = found?.[1] ?? found?.[2];
  return chunk === undefined ? undefined : { chunk, line: Number(found?.[3]) };
}
