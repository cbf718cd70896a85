/**
 * What is alive in a thread after a collection, by Chromium's own protocol.
 * @module
 */
import type { CDPSession } from "puppeteer-core";
import type { HeapReading } from "./engine.ts";

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  /** As many numbers for each object as there are fields. */
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** What a program holds. Compiled code and the engine's own records come and go by themselves. */
const held = new Set(["object", "closure", "array", "regexp", "native", "symbol", "bigint"]);
const isOfEngine = (name: string) => name.startsWith("system / ") && !name.startsWith("system / Context");

/** In steps: what the first one frees may hold the last reference to something else. */
export async function collect(thread: CDPSession): Promise<void> {
  for (let i = 0; i < 3; i++) await thread.send("HeapProfiler.collectGarbage");
}

export async function readHeap(thread: CDPSession): Promise<HeapReading> {
  return { objects: countsOf(await snapshotOf(thread)) };
}

async function snapshotOf(thread: CDPSession): Promise<Snapshot> {
  const chunks: string[] = [];
  const keep = ({ chunk }: { readonly chunk: string }) => void chunks.push(chunk);
  thread.on("HeapProfiler.addHeapSnapshotChunk", keep);
  try {
    await thread.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  } finally {
    thread.off("HeapProfiler.addHeapSnapshotChunk", keep);
  }
  return JSON.parse(chunks.join("")) as Snapshot;
}

function countsOf({ snapshot, nodes, strings }: Snapshot): ReadonlyMap<string, number> {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name] = [fields.indexOf("type"), fields.indexOf("name")];
  const counts = new Map<string, number>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[0][nodes[at + type] ?? -1] ?? "";
    const called = strings[nodes[at + name] ?? -1] ?? "";
    if (!held.has(kind) || isOfEngine(called)) continue;
    const kindName = `${kind} ${called}`;
    counts.set(kindName, (counts.get(kindName) ?? 0) + 1);
  }
  return counts;
}
