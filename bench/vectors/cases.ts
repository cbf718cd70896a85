/**
 * How long a vector search takes: against plain JavaScript, against the JavaScript kernel, and how it grows. Every search is
 * exact; a recall below 1 stops the run.
 * @module
 */
import { defaultKernel, type MakeKernel, scriptKernel } from "../../src/vectors/search/kernel.ts";
import { QuantizedRows } from "../../src/vectors/table/quantized-rows.ts";
import type { Bench, Contender } from "../harness/harness.ts";
import { type Collection, limit, makeCollection, recall } from "./collection.ts";
import { plainSearch } from "./data.ts";

export function vectorBenches(): Bench[] {
  const large = makeCollection(100_000, 384);
  const script = makeCollection(100_000, 384, scriptKernel);
  const half = makeCollection(50_000, 384);
  const wide = makeCollection(25_000, 1536);
  const narrow = makeCollection(100_000, 96);
  for (const collection of [large, script, wide, narrow]) requireExact(collection);
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const memory = `${mb(large.fileBytes)} in the file, ${mb(large.rows * (large.dim + 24))} scanned`;
  return [
    {
      question: `100k x 384 top ${limit}, recall 1.00 (${memory})`,
      subject: searches("SIMD", large),
      reference: plain(large),
      wanted: 0.25,
      rounds: 11,
    },
    { question: "the same without SIMD", subject: searches("script", script), reference: plain(large), rounds: 5 },
    {
      question: "100k x 384, filter keeps 1 %",
      subject: searches("SIMD", large, "id % 100 = 7"),
      reference: searches("no filter", large),
      rounds: 5,
    },
    {
      question: "10k x 384 made ready for the first search",
      subject: quantizes("SIMD", large, defaultKernel()),
      reference: quantizes("script", large, scriptKernel),
      rounds: 11,
    },
    {
      question: "twice the rows",
      subject: searches("100k", large),
      reference: searches("50k", half),
      wanted: 2.5,
      rounds: 11,
    },
    {
      question: "the same bytes in longer rows",
      subject: searches("25k x 1536", wide),
      reference: searches("100k x 384", large),
      rounds: 11,
    },
    {
      question: "a quarter of the dimensions",
      subject: searches("100k x 96", narrow),
      reference: searches("100k x 384", large),
      rounds: 11,
    },
  ];
}

export function searches(name: string, collection: Collection, filter?: string): Contender {
  return {
    name,
    batch() {
      for (const query of collection.queries) collection.search(query, filter);
      return collection.queries.length;
    },
  };
}

function quantizes(name: string, { data, dim }: Collection, makeKernel: MakeKernel): Contender {
  const count = 10_000;
  return {
    name,
    batch() {
      new QuantizedRows(dim, makeKernel).append(data.subarray(0, count * dim));
      return count;
    },
  };
}

function plain({ data, dim, queries }: Collection): Contender {
  return {
    name: "plain JavaScript",
    batch() {
      const some = queries.slice(0, 4);
      for (const query of some) plainSearch(data, dim, query, limit);
      return some.length;
    },
  };
}

function requireExact(collection: Collection): void {
  const share = recall(collection);
  if (share < 1) throw new Error(`recall ${share} on ${collection.rows} x ${collection.dim}: the search is not exact`);
}
