import { createEdgeRuntime } from "../../src/platforms/cloudflare/edge-runtime.ts";
import { type Kind, worker } from "./work.ts";

const work = worker(createEdgeRuntime);

const entry = {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    return Response.json(await work(searchParams.get("kind") as Kind, Number(searchParams.get("n"))));
  },
};

export { entry as default };
