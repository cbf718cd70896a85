import { createEdgeRuntime } from "../../src/platforms/cloudflare/edge-runtime.ts";
import { type Kind, worker } from "./work.ts";

const work = worker(createEdgeRuntime);

const entry = {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    await work(searchParams.get("kind") as Kind, Number(searchParams.get("n")));
    return new Response("done");
  },
};

export { entry as default };
