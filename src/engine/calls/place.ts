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

/**
 * A traceback in LuaJIT's words: the house's chunks are C to a program, and what lies below the program is left out.
 * @returns undefined when no line of it is the program's
 */
export function programTraceback(traceback: string | undefined): string | undefined {
  const [head = "", ...lines] = traceback?.split("\n") ?? [];
  const shown = [head];
  let depth = 0;
  let entered = "";
  for (const line of lines) {
    if (line === "\t(...tail calls...)") continue;
    const place = read(frame.exec(line));
    if (line.startsWith("\t[C]: in ") || (place && own.test(place.chunk))) {
      entered = `\t[C]: in ${/ in ([a-z ]+ '.*')$/.exec(line)?.[1] ?? "?"}`;
      continue;
    }
    if (entered !== "") shown.push(entered);
    entered = "";
    shown.push(line);
    if (place) depth = shown.length;
  }
  return depth === 0 ? undefined : shown.slice(0, depth).map(inWords).join("\n");
}

function inWords(line: string): string {
  return line.replace(" in metamethod '", " in metamethod '__").replace(/ in [a-z ]+ '(.*)'$/, " in function '$1'");
}

function read(found: RegExpExecArray | null): Place | undefined {
  const chunk = found?.[1] ?? found?.[2];
  return chunk === undefined ? undefined : { chunk, line: Number(found?.[3]) };
}
