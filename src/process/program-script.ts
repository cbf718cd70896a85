/**
 * The script that stands where a package expects a tool's file and runs the program of that name. Whoever runs it need not
 * interpret it.
 * @module
 */
import type { Vfs } from "../vfs/interface.ts";

const pattern = /^#!\/bin\/sh\nexec ([\w.+-]+) "\$@"\n$/;

export function programScript(program: string): Uint8Array {
  return new TextEncoder().encode(`#!/bin/sh\nexec ${program} "$@"\n`);
}

/** The program such a script runs; undefined for any other file. */
export function programOfScript(files: Vfs, path: string): string | undefined {
  const stat = files.stat(path, { followLinks: true });
  if (stat?.kind !== "file" || stat.size > 200) return undefined;
  return pattern.exec(new TextDecoder().decode(files.readFile(path)))?.[1];
}
