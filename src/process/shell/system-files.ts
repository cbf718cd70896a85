/**
 * What a shell expects of a system and the tree does not hold: `/bin`, `/usr/bin`, `/dev`, `/proc`. Nothing of it can be
 * changed, and nothing in the tree at these places is seen by the shell: no skill can put another `cat` there.
 * @module
 */

const encoder = new TextEncoder();
const covered = /^\/(?:bin|usr\/bin|dev|proc)(?:\/|$)/;

export class SystemFiles {
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Map<string, Set<string>>();

  /** @param commands the shell has: each is a file in `/bin` and `/usr/bin` */
  constructor(commands: readonly string[]) {
    for (const folder of ["/dev/fd", "/proc/self"]) this.#folder(folder);
    for (const name of commands) {
      const stub = encoder.encode(`#!/bin/sh\n# ${name} is built into the shell\n`);
      this.#file(`/bin/${name}`, stub);
      this.#file(`/usr/bin/${name}`, stub);
    }
    for (const name of ["null", "zero", "stdin", "stdout", "stderr", ".pace"])
      this.#file(`/dev/${name}`, new Uint8Array(0));
    this.#file("/proc/version", encoder.encode("Linux version 6.1.0 (luaskills-wasm)\n"));
    this.#file("/proc/self/comm", encoder.encode("sh\n"));
  }

  /** Whether a folded absolute path is a system's place. */
  covers(path: string): boolean {
    return covered.test(path);
  }

  read(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  /** Names in a folder, sorted. */
  list(path: string): readonly string[] | undefined {
    const names = this.#folders.get(path);
    return names && [...names].filter((name) => !name.startsWith(".")).sort();
  }

  #file(path: string, content: Uint8Array): void {
    const cut = path.lastIndexOf("/");
    this.#folder(path.slice(0, cut)).add(path.slice(cut + 1));
    this.#files.set(path, content);
  }

  #folder(path: string): Set<string> {
    const found = this.#folders.get(path) ?? new Set();
    this.#folders.set(path, found);
    const cut = path.lastIndexOf("/");
    if (path !== "" && path !== "/") this.#folder(path.slice(0, cut) || "/").add(path.slice(cut + 1));
    return found;
  }
}
