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

/** Without a prototype: names are anybody's. */
export function objectOf<T>(entries: Iterable<readonly [name: string, value: T]>): Record<string, T> {
  const out = Object.create(null) as Record<string, T>;
  for (const [name, value] of entries) {
    charge(memberUnits, memberBytes);
    out[name] = value;
  }
  return out;
}
