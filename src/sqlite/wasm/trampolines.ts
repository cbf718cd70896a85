/**
 * sqlite-wasm compiles a tiny module for every JavaScript function it gives to C. Where compiling at run time is refused
 * (workerd), a module made beforehand supplies them: function `i` is imported as `e.<signature>` and exported again.
 * @module
 */

/** WebAssembly as the platform has it, while stand-ins are in place. Several engines of one isolate may boot at once. */
// allowed: what is replaced is a global, too
let real: { readonly Module: typeof WebAssembly.Module; readonly Instance: typeof WebAssembly.Instance } | undefined;
// allowed: as many as the stand-ins in that global have now
let users = 0;

/** Runs `work` with `WebAssembly.Module` and `Instance` replaced for as long as it takes. */
export async function withTrampolines<T>(module: WebAssembly.Module | undefined, work: () => Promise<T>): Promise<T> {
  if (module === undefined) return work();
  const restore = install(module);
  try {
    return await work();
  } finally {
    restore();
  }
}

/** {@link withTrampolines} for work that does not wait. */
export function withTrampolinesSync<T>(module: WebAssembly.Module | undefined, work: () => T): T {
  if (module === undefined) return work();
  const restore = install(module);
  try {
    return work();
  } finally {
    restore();
  }
}

/** Stands in for a compiled one-function module. */
class Trampoline {
  constructor(readonly signature: string) {}
}

function install(ready: WebAssembly.Module): () => void {
  real ??= { Module: WebAssembly.Module, Instance: WebAssembly.Instance };
  users += 1;
  if (users === 1) replace(ready, real);
  return () => {
    users -= 1;
    if (users === 0) Object.assign(WebAssembly, real);
  };
}

function replace(ready: WebAssembly.Module, { Module, Instance }: NonNullable<typeof real>): void {
  const signatures = Module.exports(ready).map((item) => item.name);
  const unused = (): number => 0;

  function FakeModule(bytes: BufferSource): unknown {
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    const signature = signatureOf(view);
    if (signature === undefined) return new Module(bytes);
    if (!signatures.includes(signature)) throw new Error(`no trampoline for the signature ${signature}`);
    return new Trampoline(signature);
  }
  function FakeInstance(module: unknown, imports: WebAssembly.Imports): unknown {
    if (!(module instanceof Trampoline)) return new Instance(module as WebAssembly.Module, imports);
    const wanted = imports.e?.f;
    const e = Object.fromEntries(signatures.map((name) => [name, name === module.signature ? wanted : unused]));
    return { exports: { f: new Instance(ready, { e } as WebAssembly.Imports).exports[module.signature] } };
  }
  // `instanceof WebAssembly.Module` must stay true for real modules while the stand-ins are in place.
  FakeModule.prototype = Module.prototype;
  FakeInstance.prototype = Instance.prototype;
  Object.assign(FakeModule, {
    exports: Module.exports,
    imports: Module.imports,
    customSections: Module.customSections,
  });
  Object.assign(WebAssembly, { Module: FakeModule, Instance: FakeInstance });
}

const valueTypes: Readonly<Record<number, string>> = { 127: "i", 126: "j", 125: "f", 124: "d" };
/** Import section `e.f`, export section `f`: how every one of those modules ends. */
const tail = [2, 7, 1, 1, 101, 1, 102, 0, 0, 7, 5, 1, 1, 102, 0, 0];

/** Result and parameters of a generated module (`v` for none), undefined for any other module. */
function signatureOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > 200 || tail.some((byte, i) => bytes[bytes.length - tail.length + i] !== byte)) return undefined;
  let at = 12;
  const count = bytes[at++] ?? 0;
  let parameters = "";
  for (let i = 0; i < count; i++) parameters += valueTypes[bytes[at++] ?? 0];
  const result = (bytes[at++] ?? 0) > 0 ? valueTypes[bytes[at] ?? 0] : "v";
  return `${result}${parameters}`;
}
