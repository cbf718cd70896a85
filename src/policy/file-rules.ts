/**
 * What one skill may do with which path. Pure: nothing here looks at files.
 * @module
 */
import { normalise } from "../base/paths.ts";
import { foldName } from "../base/text/fold-name.ts";
import type { FileAccess, PathRules } from "./path-rules.ts";

export interface Place {
  /** Absolute. */
  readonly path: string;
  readonly access: FileAccess;
}

export interface FileRulesOptions {
  /** The innermost place around a path decides. */
  readonly places: readonly Place[];
  /** Paths of others that the host has opened for reading. */
  readonly opened?: ((path: string) => boolean) | undefined;
  /** Paths outside of all places that are somebody else's nevertheless; in small letters. */
  readonly hidden?: (path: string) => boolean;
  /** Decides outside of all places. */
  readonly elsewhere: (path: string) => FileAccess;
  /** Directories in which several have folders of their own: they stay directories, and where they are. */
  readonly meetingPlaces?: readonly string[];
}

interface FoldedPlace extends Place {
  readonly folded: string;
}

interface Located {
  readonly path: string;
  readonly folded: string;
  /** Outside of all places: whether it is somebody's is asked each time. */
  readonly isNobodys: boolean;
  readonly access: FileAccess;
}

/** Paths that are remembered; each has at most 4,095 characters. */
const mostLocated = 256;

export class FileRules implements PathRules {
  readonly #places: readonly FoldedPlace[];
  readonly #opened: (path: string) => boolean;
  readonly #hidden: (path: string) => boolean;
  readonly #elsewhere: (path: string) => FileAccess;
  readonly #meetingPlaces: readonly string[];
  /** The places do not change, and a program asks for the same paths again and again. What is nobody's may become somebody's. */
  readonly #located = new Map<string, Located>();
  #last: Located | undefined;

  constructor({ places, elsewhere, opened = () => false, hidden = () => false, meetingPlaces = [] }: FileRulesOptions) {
    this.#meetingPlaces = meetingPlaces.map((path) => foldName(normalise(path)));
    this.#places = places
      .map((place) => ({ ...place, path: normalise(place.path), folded: foldName(normalise(place.path)) }))
      .sort((a, b) => b.folded.length - a.folded.length);
    this.#opened = opened;
    this.#hidden = hidden;
    this.#elsewhere = elsewhere;
  }

  /** The spelling of a path changes no answer: dots and slashes are folded, and so is what a file system may hold equal. */
  access(path: string): FileAccess {
    let located = this.#last;
    if (located?.path !== path) {
      located = this.#located.get(path) ?? this.#locate(path);
      this.#last = located;
    }
    return located.isNobodys && this.#hidden(located.folded) ? "none" : located.access;
  }

  #locate(path: string): Located {
    if (this.#located.size >= mostLocated) this.#located.clear();
    const exact = normalise(path);
    const folded = foldName(exact);
    const place = this.#places.find((each) => isWithin(folded, each.folded));
    const access = place ? this.#within(place, exact, folded) : this.#elsewhere(exact);
    const located = { path, folded, isNobodys: place === undefined, access };
    this.#located.set(path, located);
    return located;
  }

  #within(place: FoldedPlace, exact: string, folded: string): FileAccess {
    // Another spelling of a skill's own name is somebody else's name where names are told apart.
    const own = (place.access === "read" || place.access === "write") && isWithin(exact, place.path);
    if (own) return place.access;
    if (this.#opened(exact)) return "read";
    return place.access === "branch" && folded.length === place.folded.length ? "branch" : "none";
  }

  holdsProtected(path: string): boolean {
    const folded = foldName(normalise(path));
    return (
      this.#places.some((place) => place.access !== "write" && isWithin(place.folded, folded)) ||
      this.#meetingPlaces.some((place) => isWithin(place, folded))
    );
  }

  isDirectory(path: string): boolean {
    const folded = foldName(normalise(path));
    return this.#meetingPlaces.some((place) => isWithin(place, folded));
  }

  isOwned(path: string): boolean {
    const folded = foldName(normalise(path));
    return this.#places.some((place) => isWithin(folded, place.folded)) || this.#hidden(folded);
  }

  isTrusted(path: string): boolean {
    const folded = foldName(normalise(path));
    return this.#places.some((place) => isWithin(folded, place.folded)) && this.access(path) !== "none";
  }
}

function isWithin(path: string, directory: string): boolean {
  if (!path.startsWith(directory)) return false;
  return path.length === directory.length || directory === "/" || path.charCodeAt(directory.length) === 0x2f;
}
