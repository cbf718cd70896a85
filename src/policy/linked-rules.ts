/**
 * Rules over a tree with symbolic links: what a path allows is what both it and the place it leads to allow.
 * @module
 */
import { normalise } from "../base/paths.ts";
import type { FileAccess, PathRules } from "./path-rules.ts";

const order: readonly FileAccess[] = ["none", "branch", "read", "write"];

export class LinkedRules implements PathRules {
  /** `realPath` answers undefined for what leads out of the tree, which the tree itself refuses. */
  constructor(
    private readonly rules: PathRules,
    private readonly realPath: (path: string) => string | undefined,
  ) {}

  access(path: string): FileAccess {
    const access = this.rules.access(path);
    if (access === "none") return access;
    const real = this.#elsewhere(path);
    if (real === undefined) return access;
    const there = this.rules.access(real);
    return order.indexOf(there) < order.indexOf(access) ? there : access;
  }

  holdsProtected(path: string): boolean {
    return this.#either(path, (each) => this.rules.holdsProtected(each));
  }

  isDirectory(path: string): boolean {
    return this.#either(path, (each) => this.rules.isDirectory(each));
  }

  isOwned(path: string): boolean {
    return this.#either(path, (each) => this.rules.isOwned(each));
  }

  isTrusted(path: string): boolean {
    return !this.#either(path, (each) => !this.rules.isTrusted(each));
  }

  #either(path: string, holds: (path: string) => boolean): boolean {
    if (holds(path)) return true;
    const real = this.#elsewhere(path);
    return real !== undefined && holds(real);
  }

  /** Undefined where no link is on the way. */
  #elsewhere(path: string): string | undefined {
    const real = this.realPath(path);
    return real === normalise(path) ? undefined : real;
  }
}
