/**
 * A place in wasmoon's module that the derivation recognises. Each must be found exactly once: a compiler or Lua update
 * that moves things has to stop the build, never shift an insertion silently.
 * @module
 */

export class AnchorError extends Error {
  override readonly name = "AnchorError";
  constructor(what: string, found: string) {
    super(
      `lua.wasm derivation: ${what}: ${found}. wasmoon's glue.wasm is not the module this was written for; ` +
        "compare it with design notes and adapt the anchors before changing the pins.",
    );
  }
}

/** The only element of `candidates`. @throws AnchorError naming `what` */
export function once<T>(candidates: readonly T[], what: string): T {
  const [first] = candidates;
  if (first === undefined || candidates.length !== 1) {
    throw new AnchorError(what, `found ${candidates.length} times, expected exactly once`);
  }
  return first;
}
