import type { Bench, BenchFile } from "./harness/harness.ts";
import { searches, vectorBenches } from "./vectors/cases.ts";
import { makeCollection } from "./vectors/collection.ts";
import { openPeers } from "./vectors/peers.ts";

const rows = 20_000;

export const benches: BenchFile["benches"] = async () => {
  const list = vectorBenches();
  const collection = makeCollection(rows, 384);
  const peers = await openPeers(collection);
  const compared = peers.map(
    (peer): Bench => ({
      question: `${rows / 1000}k x 384 top 10`,
      subject: searches("SIMD", collection),
      reference: peer.contender,
      rounds: 7,
    }),
  );
  return {
    list: [...list, ...compared],
    async close() {
      for (const peer of peers) await peer.close();
    },
  };
};
