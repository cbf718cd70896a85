// TOKEN=secret bun main.ts: skills behind Bun.serve, the engine in a thread that can be stopped.
import { createHttpHandler, superviseEdgeRuntime } from "luaskills-wasm/edge";

const token = process.env.TOKEN;
const supervised = await superviseEdgeRuntime({
  thread: true,
  storage: { kind: "directory", path: "./data" },
  limits: { callTimeoutMs: 10_000 },
});
const handler = createHttpHandler(supervised, {
  // Whoever has the token owns this engine; give others "call" or "read".
  authorize: (request) =>
    token !== undefined && request.headers.get("authorization") === `Bearer ${token}` ? "manage" : false,
});

// A stream of events may be silent for long.
const server = Bun.serve({ port: Number(process.env.PORT ?? 8000), idleTimeout: 0, fetch: handler });
console.log(`skills on port ${server.port}`);
process.once("SIGTERM", async () => {
  await server.stop(true);
  await supervised.runtime.close();
  process.exit(0);
});
