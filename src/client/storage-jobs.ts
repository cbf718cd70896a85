/**
 * Work on the whole store, step by step, from the page's side (engine/storage/).
 * @module
 */
import type { RestoreSource, RuntimeOptions, StorageJobOptions, StorageReport } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { StorageJob, StorageStep } from "../wire/ops.ts";
import type { Transport } from "../wire/transport.ts";
import { areOptions, misuse } from "./arguments/call-options.ts";
import { throwIfAborted } from "./call-watch.ts";

export async function checkStore(transport: Transport, options?: StorageJobOptions): Promise<StorageReport> {
  const { report } = await run(transport, { what: "check" }, options);
  if (!report) throw new LuaSkillsError("internal", "the check ended without a report");
  return report;
}

export async function backupStore(
  transport: Transport,
  options?: StorageJobOptions & { readonly salvage?: boolean },
): Promise<Blob> {
  // Browsers keep blobs out of the page's memory, large ones on the disk.
  const blobs: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  await run(transport, { what: "backup", salvage: options?.salvage ?? false }, options, ({ bytes }) => {
    if (!bytes) return;
    pieces.push(bytes as Uint8Array<ArrayBuffer>);
    held += bytes.length;
    if (held < heldBytes) return;
    blobs.push(new Blob(pieces));
    pieces = [];
    held = 0;
  });
  return new Blob([...blobs, ...pieces], { type: "application/zip" });
}

/** Of a backup in the making that the page has in its own memory. */
const heldBytes = 8 * 1024 * 1024;

export async function moveStore(
  transport: Transport,
  to: "opfs" | "indexeddb",
  options?: StorageJobOptions,
): Promise<void> {
  await run(transport, { what: "move", to }, options);
}

export async function restoreStore(
  transport: Transport,
  given: NonNullable<RuntimeOptions["restore"]>,
  signal?: AbortSignal,
): Promise<void> {
  const { from, onProgress } =
    typeof given === "object" && given !== null && "from" in given ? given : { from: given, onProgress: undefined };
  const size = from instanceof Blob ? from.size : from instanceof Uint8Array ? from.byteLength : undefined;
  const reader = streamOf(from).getReader();
  const waiting: Uint8Array[] = [];
  try {
    await run(
      transport,
      { what: "restore" },
      {
        ...(signal ? { signal } : {}),
        onProgress: ({ done, total }) => onProgress?.({ done, total: size ?? total }),
      },
      undefined,
      async () => {
        if (waiting.length === 0) {
          const { value } = await reader.read();
          if (value === undefined) return undefined;
          // A piece of any size may come; the engine gets some that it is done with soon.
          for (let at = 0; at < value.length; at += pieceBytes) waiting.push(value.slice(at, at + pieceBytes));
        }
        return waiting.shift();
      },
    );
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const pieceBytes = 1024 * 1024;

function streamOf(source: RestoreSource): ReadableStream<Uint8Array> {
  if (source instanceof Blob) return source.stream();
  if (source instanceof Uint8Array) return new Blob([source as Uint8Array<ArrayBuffer>]).stream();
  if (source instanceof ReadableStream) return source;
  throw new LuaSkillsError(
    "invalid_argument",
    "restore takes a backup as a Blob, a Uint8Array or a ReadableStream of bytes, or { from: … } with one of them",
  );
}

async function run(
  transport: Transport,
  job: StorageJob,
  options: StorageJobOptions | undefined,
  take?: (step: StorageStep) => void,
  feed?: () => Promise<Uint8Array | undefined>,
): Promise<StorageStep> {
  if (!areOptions(options)) throw (await misuse()).ofOptions(options);
  const { signal, onProgress } = options ?? {};
  throwIfAborted(signal);
  const id = await transport.request({ op: "storage.begin", job }, { signal });
  try {
    // A generator takes nothing before it has begun.
    let step = await transport.request({ op: "storage.step", id });
    for (;;) {
      take?.(step);
      onProgress?.({ done: step.done, total: step.total });
      if (step.finished) return step;
      throwIfAborted(signal);
      const bytes = await feed?.();
      step = await transport.request({ op: "storage.step", id, ...(bytes ? { bytes } : {}) });
    }
  } catch (error) {
    // The first error is the one to be told; an engine that is gone has ended the work.
    await transport.request({ op: "storage.end", id }).catch(() => undefined);
    throw error;
  }
}
