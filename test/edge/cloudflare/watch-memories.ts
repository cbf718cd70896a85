/**
 * Bytes of every linear memory of this isolate that was not collected yet: V8's own counts leave them out, and an engine
 * that was let go of is only gone when its memory is.
 * @module
 */
const memories = new Set<WeakRef<WebAssembly.Memory>>();

function watch(memory: unknown): void {
  if (memory instanceof WebAssembly.Memory) memories.add(new WeakRef(memory));
}

export function uncollectedBytes(): number {
  let bytes = 0;
  for (const ref of memories) {
    const memory = ref.deref();
    if (memory) bytes += memory.buffer.byteLength;
    else memories.delete(ref);
  }
  return bytes;
}

const { Instance, Memory } = WebAssembly;
Object.assign(WebAssembly, {
  Instance: new Proxy(Instance, {
    construct(target, args: [WebAssembly.Module, WebAssembly.Imports]) {
      const instance = new target(...args);
      watch(instance.exports.memory);
      return instance;
    },
  }),
  Memory: new Proxy(Memory, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...args);
      watch(memory);
      return memory;
    },
  }),
});
