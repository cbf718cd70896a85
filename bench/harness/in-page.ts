/**
 * The end of a browser bench in its page, or in a worker of that page where only workers have what it measures.
 * @module
 */
import { type BenchFile, measure, type Row } from "./harness.ts";

/** Called once by the script of a bench, which is the worker's script as well. */
export function measureInPage(file: BenchFile): Promise<Row[]> {
  if (globalThis.document !== undefined) return file.inWorker ? measureInWorker() : measureAll(file);
  const measured = measureAll(file);
  measured.then(
    (rows) => postMessage({ rows }),
    (error: unknown) => postMessage({ problem: error instanceof Error ? error.stack : String(error) }),
  );
  return measured;
}

async function measureAll(file: BenchFile): Promise<Row[]> {
  const { list, close } = await file.benches();
  const rows: Row[] = [];
  for (const bench of list) rows.push(await measure(bench));
  await close?.();
  return rows;
}

function measureInWorker(): Promise<Row[]> {
  const script = document.querySelector("script")?.src ?? "";
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { type: "module" });
    worker.onmessage = ({ data }) => (data.rows ? resolve(data.rows) : reject(new Error(data.problem)));
    worker.onerror = (event) => reject(new Error(event.message));
  });
}
