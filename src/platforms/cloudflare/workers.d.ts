/** The part of Cloudflare's built-in module used here; wrangler's generated types win in a user's project. */
declare module "cloudflare:workers" {
  export class DurableObject<Env = unknown> {
    protected readonly ctx: {
      readonly id: { toString(): string; readonly name?: string };
      readonly storage: import("../../vfs/backends/durable-object.ts").DurableObjectStorageLike & {
        setAlarm(scheduledTime: number): Promise<void>;
        deleteAlarm(): Promise<void>;
      };
      blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
      waitUntil(work: Promise<unknown>): void;
    };
    protected readonly env: Env;
    constructor(ctx: unknown, env: Env);
  }
}

/** workerd gives a static `.wasm` import as a compiled module. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
