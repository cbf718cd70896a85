/**
 * What the FFI needs of whoever can load native libraries: the bridge.
 * @module
 */

/** How a C value travels: `void`, `bool`, `int8` … `uint64`, `float`, `double`, `pointer`, or a struct by its parts. */
export type WireType =
  | string
  | { readonly struct: readonly { readonly type: WireType; readonly offset: number }[]; readonly size: number };

export interface NativeSignature {
  readonly returns: WireType;
  readonly parameters: readonly WireType[];
  readonly isVariadic: boolean;
  /** How many parameters stand before `...`. */
  readonly fixed: number;
}

/** Memory of the caller as it is sent before a call and comes back after it. */
export interface NativeBlock {
  /** The same for the same memory: it keeps its address on the other side until it is freed. */
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly constant?: boolean;
  /** Places of pointers: [offset, id of the block it points into, offset there]. */
  readonly links: readonly (readonly [number, number, number])[];
}

/** A pointer of the caller's memory, an address of native memory, a number, or a struct's bytes. */
export type NativeValue =
  | { readonly block: number; readonly offset: number }
  | { readonly address: bigint }
  | { readonly number: number | bigint }
  | { readonly bytes: Uint8Array };

export interface NativeFunction {
  /** 0: the default namespace, `ffi.C`. */
  readonly library: number;
  readonly symbol: string;
  readonly signature: NativeSignature;
}

export interface NativeCall {
  readonly values: readonly NativeValue[];
  readonly blocks: readonly NativeBlock[];
  /** Blocks that are no longer needed. */
  readonly freed: readonly number[];
  readonly errno: number;
}

export interface NativeAnswer {
  readonly value: NativeValue | undefined;
  /** What changed. */
  readonly blocks: readonly NativeBlock[];
  readonly errno: number;
}

/** Every method may raise a LuaSkillsError: `permission_denied`, `not_found`, `bridge_error`. */
export interface NativeLibraries {
  /** A number for {@link NativeFunction.library}. */
  open(name: string, global: boolean, signal: AbortSignal): Promise<number>;
  /** @throws LuaSkillsError `not_found` when the library has no such symbol */
  resolve(library: number, symbol: string, signal: AbortSignal): Promise<void>;
  /** The same function is declared on the other side once: give the same object. */
  call(called: NativeFunction, call: NativeCall, signal: AbortSignal): Promise<NativeAnswer>;
  read(address: bigint, size: number, signal: AbortSignal): Promise<Uint8Array>;
  write(address: bigint, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Bytes before the first zero byte. */
  textLength(address: bigint, signal: AbortSignal): Promise<number>;
}
