/**
 * Runs in workerd: one request is one message of the lane, its response the answer. The bundle makes `worker` the default
 * export.
 * @module
 */

import { bootPlatform } from "./boot-platform.ts";
import jieba from "./jieba.wasm";
import lua from "./lua.wasm";
import type { FromLane, ToLane } from "./messages.ts";
import { serveCases } from "./serve.ts";
import sqlite from "./sqlite3.wasm";
import trampolines from "./trampolines.wasm";
import vectors from "./vectors.wasm";

let answer: FromLane = { type: "broken", message: "the lane gave no answer" };
const handle = serveCases(
  (start) => bootPlatform("workerd", start, { lua, sqlite, jieba, trampolines, vectors }),
  (message) => {
    answer = message;
  },
);

export const worker = {
  async fetch(request: Request): Promise<Response> {
    await handle((await request.json()) as ToLane);
    return Response.json(answer);
  },
};
