import { existsSync } from "node:fs";
import path from "node:path";

/** Where a path may begin inside an argument: `--file=/x`, `-I/x`, `-I../x`, `a:/b`, `@/x`. */
const starts = /(?:^|[=:,;@]|^-{1,2}[A-Za-z]+)(?=~?\.{0,2}\/|\.\.(?:$|\/)|~)/gu;

/**
 * The absolute places an argument may lead to, as far as they exist or could be made: a place in no existing directory is no
 * path but a pattern (`/^a/d`) or a part of a URL. `~` is for shells: no program but they expand it.
 */
export function placesIn(argument: string, cwd: string): string[] {
  const places = new Set<string>();
  const found = (text: string) => {
    const place = path.resolve(cwd, text);
    if (existsSync(place) || existsSync(path.dirname(place))) places.add(place);
  };
  for (const match of argument.matchAll(starts)) {
    const rest = argument.slice(match.index + match[0].length);
    found(rest);
    // A list of paths (`/a:/b`) is looked at from each start, up to the next separator too.
    const first = rest.split(/[=:,;@]/)[0];
    if (first !== undefined && first !== "" && first !== rest) found(first);
  }
  // A plain name may be a link that leads out, a relative path may hold `..` anywhere.
  if (argument !== "" && !argument.startsWith("-") && existsSync(path.resolve(cwd, argument))) {
    places.add(path.resolve(cwd, argument));
  }
  if (/(?:^|\/)\.\.(?:\/|$)/.test(argument)) found(argument);
  return [...places];
}
