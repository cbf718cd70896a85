/**
 * Native libraries through the bridge's service `ffi`.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { BridgeLink } from "../process/bridge/link.ts";
import type { NativeAnswer, NativeCall, NativeFunction, NativeLibraries } from "./native-libraries.ts";

// allowed: numbers that tell spaces apart
let lastSpace = 0;

/** One for each VM: the memory of VMs does not meet. */
export class BridgeLibraries implements NativeLibraries {
  readonly #space = ++lastSpace;
  /** Their ids over there, which go with the connection. */
  readonly #functions = new Map<NativeFunction, number>();

  constructor(private readonly link: () => Promise<BridgeLink>) {}

  async open(name: string, global: boolean, signal: AbortSignal): Promise<number> {
    return (await this.#ask("open", { name, global }, signal)) as number;
  }

  async resolve(library: number, symbol: string, signal: AbortSignal): Promise<void> {
    await this.#ask("resolve", { library, symbol }, signal);
  }

  async call(called: NativeFunction, call: NativeCall, signal: AbortSignal): Promise<NativeAnswer> {
    const known = this.#functions.get(called);
    if (known === undefined) return this.#call(await this.#declare(called, signal), call, signal);
    try {
      return await this.#call(known, call, signal);
    } catch (error) {
      // Another connection, which has carried out nothing.
      if (!(error instanceof LuaSkillsError && error.code === "not_found")) throw error;
      return this.#call(await this.#declare(called, signal), call, signal);
    }
  }

  async #declare(called: NativeFunction, signal: AbortSignal): Promise<number> {
    const id = (await this.#ask("resolve", called, signal)) as number;
    this.#functions.set(called, id);
    return id;
  }

  #call(id: number, call: NativeCall, signal: AbortSignal): Promise<NativeAnswer> {
    return this.#ask("call", { ...call, function: id, space: this.#space }, signal) as Promise<NativeAnswer>;
  }

  async read(address: bigint, size: number, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.#ask("read", { address, size }, signal)) as Uint8Array;
  }

  async write(address: bigint, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#ask("write", { address, bytes }, signal);
  }

  async textLength(address: bigint, signal: AbortSignal): Promise<number> {
    return (await this.#ask("length", { address }, signal)) as number;
  }

  async #ask(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    return (await this.link()).call("ffi", method, params, { signal });
  }
}
