import { Hono } from "hono";
import { createEdgeRuntime } from "luaskills-wasm/edge";
import { createMcpHandler } from "luaskills-wasm/mcp";
import { toTools } from "luaskills-wasm/tools";

export const runtime = await createEdgeRuntime({
  storage: { kind: "directory", path: `${import.meta.dirname}/luaskills` },
  overlay: true, // reads the folder, and keeps what skills write in memory
});
const tools = toTools(runtime, { timeoutMs: 5_000 });
const mcp = createMcpHandler(runtime, {
  authorize: (request) => request.headers.get("authorization") === `Bearer ${process.env.TOKEN}`,
  sessions: false,
});

export const app = new Hono();

app.get("/tools", (c) =>
  c.json(tools.list().map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
);

app.post("/tools/:name", async (c) => {
  const tool = tools.get(c.req.param("name"));
  if (!tool) return c.json({ error: "there is no such tool" }, 404);
  try {
    const { content } = await tool.execute(await c.req.json(), { signal: c.req.raw.signal });
    return c.json({ content });
  } catch (error) {
    return c.json({ error: error.message, code: error.code }, error.code === "invalid_argument" ? 400 : 500);
  }
});

app.all("/mcp", (c) => mcp(c.req.raw));
