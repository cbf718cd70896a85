import { group, type PageResult } from "../page.ts";

group(
  () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./portable.worker.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<{ results?: PageResult[]; error?: string }>) => {
        if (data.results) resolve(data.results);
        else reject(new Error(data.error));
      };
      worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    }),
);
