// TOKEN=secret node main.js: skills behind node:http, the engine in a thread that can be stopped.
import { createServer } from "node:http";
import { createHttpHandler, nodeListener, superviseEdgeRuntime } from "luaskills-wasm/edge";

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

const server = createServer(nodeListener(handler)).listen(Number(process.env.PORT ?? 8000), () => {
  console.log(`skills on port ${server.address().port}`);
});
process.once("SIGTERM", async () => {
  server.close();
  server.closeAllConnections();
  await supervised.runtime.close();
});
