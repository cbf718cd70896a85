/**
 * Workers of a page that write stores and look at them, as texts for a tab to evaluate.
 * @module
 */

/**
 * Starts a worker that writes, and goes on. Every number it posts is its store's last call that was acknowledged and stands in
 * `globalThis.acknowledged[store]`; what has a `problem` rejects.
 * @param until when to resolve: an expression over `data`, the last message, and `told`, the numbers posted before the last one
 */
export const startWriter = (worker: string, store: string, order: object, until: string): string => `new Promise((
  resolve, reject,
) => {
  const acknowledged = (globalThis.acknowledged ??= {});
  let told = -1;
  const writer = new Worker("/bundle/${worker}.js", { type: "module" });
  writer.onmessage = ({ data }) => {
    if (data.problem !== undefined) return reject(new Error(data.problem));
    if (typeof data === "number") {
      acknowledged[${JSON.stringify(store)}] = data;
      told += 1;
    }
    if (${until}) resolve(true);
  };
  writer.onerror = (event) => reject(new Error(event.message));
  writer.postMessage(${JSON.stringify(order)});
})`;

/** Resolves with the first message of a worker that looks at a store. */
export const check = (worker: string, order: object): string => `new Promise((resolve, reject) => {
  const checker = new Worker("/bundle/${worker}.js", { type: "module" });
  checker.onmessage = ({ data }) => { checker.terminate(); resolve(data); };
  checker.onerror = (event) => reject(new Error(event.message));
  checker.postMessage(${JSON.stringify(order)});
})`;
