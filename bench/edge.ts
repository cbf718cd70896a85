/** What a call costs in each host, against the engine inline in Node: warm, cold (engine, skill, first result), all SQL. */
import { chromiumHost, denoHost, nodeHost, workerdHost } from "./edge/hosts.ts";
import type { Kind } from "./edge/work.ts";
import type { Bench, BenchFile } from "./harness/harness.ts";

const kinds: ReadonlyArray<{ kind: Kind; question: string; n: number; rounds: number }> = [
  { kind: "warm", question: "warm call of a trivial skill", n: 300, rounds: 9 },
  { kind: "cold", question: "cold: engine, load, first result", n: 2, rounds: 7 },
  { kind: "sql", question: "1,000 inserts and a query", n: 5, rounds: 7 },
];

export const benches: BenchFile["benches"] = async () => {
  const node = await nodeHost();
  const others = [await denoHost(), await workerdHost(), await chromiumHost()];
  const list: Bench[] = kinds.flatMap(({ kind, question, n, rounds }) =>
    others.map((host) => ({
      question,
      rounds,
      subject: { name: host.name, batch: () => host.run(kind, n).then(() => n) },
      reference: { name: node.name, batch: () => node.run(kind, n).then(() => n) },
    })),
  );
  return { list, close: () => Promise.all(others.map((host) => host.close())) };
};
