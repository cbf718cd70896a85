import path from "node:path";
import { createEdgeRuntime } from "luaskills-wasm/edge";
import { toTools } from "luaskills-wasm/tools";

export const dynamic = "force-dynamic";

let started;

/** One runtime for all requests of this server. */
async function skillTools() {
  started ??= createEdgeRuntime({ storage: { kind: "directory", path: path.resolve("luaskills") }, overlay: true });
  return toTools(await started, { timeoutMs: 5_000 });
}

export async function GET() {
  const tools = await skillTools();
  return Response.json(tools.list().map(({ name, description, inputSchema }) => ({ name, description, inputSchema })));
}

export async function POST(request) {
  const { name, args } = await request.json();
  const tool = (await skillTools()).get(name);
  if (!tool) return Response.json({ error: "there is no such tool" }, { status: 404 });
  try {
    const { content } = await tool.execute(args, { signal: request.signal });
    return Response.json({ content });
  } catch (error) {
    return Response.json({ error: error.message, code: error.code }, { status: 400 });
  }
}
