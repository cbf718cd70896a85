/**
 * Native libraries through the bridge's service `ffi`.
 * @module
 */
import type { BridgeLink } from "../process/bridge/link.ts";
import type { NativeAnswer, NativeBlock, NativeCall, NativeLibraries, NativeValue } from "./native-libraries.ts";

// allowed: numbers that tell spaces apart
let lastSpace = 0;

/** One for each VM: the memory of VMs does not meet. */
export class BridgeLibraries implements NativeLibraries {
  readonly #space = ++lastSpace;

  constructor(private readonly link: () => Promise<BridgeLink>) {}

  async open(name: string, global: boolean, signal: AbortSignal): Promise<number> {
    return (await this.#ask("open", { name, global }, signal)) as number;
  }

  async resolve(library: number, symbol: string, signal: AbortSignal): Promise<void> {
    await this.#ask("resolve", { library, symbol }, signal);
  }

  async call(call: NativeCall, signal: AbortSignal): Promise<NativeAnswer> {
    const answer = (await this.#ask("call", { ...call, space: this.#space }, signal)) as {
      value?: NativeValue;
      blocks: readonly NativeBlock[];
      errno: number;
    };
    return { value: answer.value, blocks: answer.blocks, errno: answer.errno };
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
