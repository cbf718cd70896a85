import { expect, it, vi } from "vitest";
import type { StorageStep } from "../wire/ops.ts";
import type { Transport } from "../wire/transport.ts";
import { backupStore } from "./storage-jobs.ts";

const megabyte = 2 ** 20;

/** An engine whose backup has so many steps of a megabyte, each of one digit. */
function engine(steps: number): Transport {
  let step = 0;
  const request = async ({ op }: { op: string }): Promise<unknown> => {
    if (op !== "storage.step") return 1;
    step++;
    const bytes = new Uint8Array(megabyte).fill(48 + (step % 10));
    return { done: step, total: steps, finished: step === steps, bytes } satisfies StorageStep;
  };
  return { request } as unknown as Transport;
}

it("holds some megabytes of a backup in memory, however large it becomes, and keeps their order", async () => {
  const made = vi.fn();
  const RealBlob = globalThis.Blob;
  vi.stubGlobal(
    "Blob",
    class extends RealBlob {
      constructor(parts: BlobPart[], options?: BlobPropertyBag) {
        super(parts, options);
        made(parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0));
      }
    },
  );
  const progress: number[] = [];
  const blob = await backupStore(engine(29), { onProgress: ({ done }) => progress.push(done) });
  vi.unstubAllGlobals();
  expect(Math.max(...made.mock.calls.flat())).toBeLessThanOrEqual(8 * megabyte);
  expect([blob.size, blob.type, progress.length]).toEqual([29 * megabyte, "application/zip", 29]);
  const digits = [];
  for (let at = 0; at < blob.size; at += megabyte) digits.push(Number(await blob.slice(at, at + 1).text()));
  expect(digits).toEqual(Array.from({ length: 29 }, (_, i) => (i + 1) % 10));
});
