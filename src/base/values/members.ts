/**
 * Objects walked member by member, each of them paid for: `Object.entries` and `Object.fromEntries` make all of a large
 * object in one go, which nothing interrupts.
 * @module
 */
import { charge } from "../work.ts";

/** What it costs to read or to set one of very many: some tenths of a microsecond. */
const memberUnits = 40;
/** What a name and its slot take. */
const memberBytes = 32;

export function* members<T>(object: { readonly [name: string]: T }): Generator<readonly [name: string, value: T]> {
  for (const name of Object.keys(object)) {
    charge(memberUnits);
    yield [name, object[name] as T];
  }
}

/** In the order of their names. `unitsPerComparison`: what sorting them costs. */
export function membersInOrder<T>(
  object: { readonly [name: string]: T },
  unitsPerComparison = 5,
): Array<readonly [name: string, value: T]> {
  return [...members(object)].sort(([a], [b]) => {
    charge(unitsPerComparison);
    return a < b ? -1 : 1;
  });
}

/** Each member as `change` makes it, for {@link objectOf}. */
export function* mapped<T, U>(
  object: { readonly [name: string]: T },
  change: (value: T) => U,
): Generator<readonly [name: string, value: U]> {
  for (const [name, value] of members(object)) yield [name, change(value)];
}

/** The same at once, of what JavaScript does not keep: its memory is not paid for. */
export function changed<T, U>(object: { readonly [name: string]: T }, change: (value: T) => U): Record<string, U> {
  const out = Object.create(null) as Record<string, U>;
  for (const [name, value] of members(object)) out[name] = change(value);
  return out;
}

/** Without a prototype: names are anybody's. */
export function objectOf<T>(entries: Iterable<readonly [name: string, value: T]>): Record<string, T> {
  const out = Object.create(null) as Record<string, T>;
  for (const [name, value] of entries) {
    charge(memberUnits, memberBytes);
    out[name] = value;
  }
  return out;
}
