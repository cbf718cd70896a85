/**
 * VMs made alike: running the preludes takes most of the time a VM takes, so most of them begin as an image of one that has
 * run them. It is taken before the VM sees code or configuration of anyone.
 *
 * What the host told the preludes is part of what the VM has become: the image holds as long as the host says the same.
 * Loaded once VMs are made again and again.
 * @module
 */
import type { Beginning, VmImage } from "./beginning.ts";
import type { HostCallContext, HostFunctions, LuaReader, Prelude, VmOptions } from "./interface.ts";
import type { WasmLuaVm } from "./vm.ts";
import type { Dispatcher } from "./waiting/dispatcher.ts";
import type { LuaInstance, MemoryImage } from "./wasm/instance.ts";
import type { World } from "./world/sandbox.ts";

export { ChunkCache } from "./wasm/chunk-cache.ts";

/** Engines that share one Lua differ in what they tell preludes; an image has about half a megabyte. */
const KEPT = 6;

type Remember = NonNullable<Beginning["remember"]>;

/** What VMs have in common that can begin as one another. */
type Shape = readonly string[];

interface Made {
  readonly shape: Shape;
  /** Null where none can be had. */
  readonly image: VmImage | null;
}

export class Images {
  /** The one used last comes first. */
  #made: Made[] = [];

  constructor(private readonly make: (options: VmOptions, beginning: Beginning) => WasmLuaVm) {}

  createVm(options: VmOptions): WasmLuaVm {
    const shape = shapeOf(options);
    const alike = this.#made.filter((made) => isSame(made.shape, shape));
    const cap = options.memoryBytes ?? Number.POSITIVE_INFINITY;
    const found = alike.find(
      ({ image }) => !image || (image.memory.size <= cap && stillHolds(image, options.preludes)),
    );
    if (found) this.#keep(found);
    if (found?.image) return this.make(options, { from: found.image });
    if (found) return this.make(options, {});
    const vm = this.make(options, { remember });
    this.#keep({ shape, image: vm.image ?? null });
    return vm;
  }

  #keep(made: Made): void {
    this.#made = [made, ...this.#made.filter((other) => other !== made)].slice(0, KEPT);
  }
}

const shapeOf = ({ frozen, preludes }: VmOptions): Shape => [
  frozen ? "frozen" : "",
  ...preludes.flatMap(({ name, source, functions = {} }) => [name, source, namesOf(functions)]),
];

const namesOf = (functions: HostFunctions): string =>
  Object.entries(functions)
    .map(([name, spec]) => `${typeof spec} ${name}`)
    .join("\n");

const isSame = (one: Shape, other: Shape): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);

/**
 * There is no image when the host was told something, waited, or answered more than constants: what it did then may differ
 * from VM to VM.
 */
function remember(instance: LuaInstance, dispatcher: Dispatcher, make: () => World): ReturnType<Remember> {
  const answers = new Map<number, string>();
  let constant = true;
  const world = dispatcher.listen((id, given, answer) => {
    const text = given === 0 ? textOf(answer) : undefined;
    if (text === undefined || (answers.get(id) ?? text) !== text) constant = false;
    else answers.set(id, text);
  }, make);
  return { world, image: constant ? { memory: imageOf(instance), refs: world.refs, answers } : undefined };
}

/** What it is now, between two entries into wasm. */
function imageOf(instance: LuaInstance): MemoryImage {
  const { u8, u32, mainState, jobState, areas, runStackArea, jobStackTop, scratchArea, scratchSize } = instance;
  let end = u32.length;
  while (u32[end - 1] === 0) end--;
  const [below, above] = [u8.slice(0, runStackArea.low), u8.slice(jobStackTop, end * 4)];
  return { size: u8.length, below, above, mainState, jobState, areas: [...areas], scratchArea, scratchSize };
}

/** Nothing of a VM: a function that looks at it answers for that VM only. */
const nobody = Object.freeze({ count: 0 }) as unknown as LuaReader & HostCallContext;

function stillHolds({ refs, answers }: VmImage, preludes: readonly Prelude[]): boolean {
  const functions = preludes.flatMap((prelude) => Object.values(prelude.functions ?? {}));
  for (const [id, text] of answers) {
    const spec = functions[id - refs.firstFunction];
    if (typeof spec !== "function") return false;
    try {
      if (textOf(spec(nobody, nobody)) !== text) return false;
    } catch {
      return false;
    }
  }
  return true;
}

/** Undefined for what is no constant. */
function textOf(answer: unknown): string | undefined {
  const several =
    isObject(answer) && "values" in answer && Array.isArray(answer.values) && !("through" in answer && answer.through);
  const values: readonly unknown[] = several ? (answer.values as unknown[]) : [answer];
  if (values.some(isObject)) return undefined;
  return values.map((value) => `${typeof value} ${String(value).length}:${value}`).join();
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
