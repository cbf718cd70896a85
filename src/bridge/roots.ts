/**
 * Which real places programs and mounts may use: the configured roots and the connection's scratch directory, by their real
 * paths.
 * @module
 */
import { realpathSync } from "node:fs";
import path from "node:path";
import { LuaSkillsError } from "../errors.ts";
import type { Scratch } from "./scratch.ts";
import { isWithin } from "./within.ts";

export class Roots {
  readonly #roots: readonly string[];

  /** @throws LuaSkillsError `invalid_argument` for a root that does not exist */
  constructor(
    roots: readonly string[],
    private readonly scratch: Scratch,
  ) {
    this.#roots = roots.map(realRoot);
  }

  /** Whether an absolute path, links followed as far as it exists, lies in a root. */
  contain(file: string): boolean {
    const real = realPart(file);
    const own = this.scratch.root;
    return [...this.#roots, ...(own === undefined ? [] : [own])].some((root) => isWithin(root, real));
  }

  /** @throws LuaSkillsError `permission_denied` naming the flag */
  check(file: string, what: string): void {
    if (this.contain(file)) return;
    throw new LuaSkillsError(
      "permission_denied",
      `the bridge does not allow ${what} ${JSON.stringify(file)}; start it with --root ${nearest(file)}`,
    );
  }
}

function realRoot(root: string): string {
  try {
    return realpathSync(path.resolve(root));
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", `the root ${JSON.stringify(root)} does not exist`, { cause });
  }
}

/** The real path of what exists of it, and the rest as it is written. */
function realPart(file: string): string {
  let rest = "";
  let at = path.resolve(file);
  for (;;) {
    try {
      return path.join(realpathSync(at), rest);
    } catch {
      const parent = path.dirname(at);
      if (parent === at) return path.join(at, rest);
      rest = path.join(path.basename(at), rest);
      at = parent;
    }
  }
}

function nearest(file: string): string {
  return path.dirname(realPart(file));
}
