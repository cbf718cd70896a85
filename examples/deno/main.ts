// deno run --allow-read --allow-write=./data --allow-net main.ts
import { createHttpHandler, superviseEdgeRuntime } from "luaskills-wasm/edge";

const token = Deno.env.get("TOKEN");
const supervised = await superviseEdgeRuntime({ storage: { kind: "directory", path: "./data" } });
const handler = createHttpHandler(supervised, {
  // Whoever has the token owns this engine; give others "call" or "read".
  authorize: (request) =>
    token !== undefined && request.headers.get("authorization") === `Bearer ${token}` ? "manage" : false,
});

const server = Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8000) }, handler);
await server.finished;
await supervised.runtime.close();
