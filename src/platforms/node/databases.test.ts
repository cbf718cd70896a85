import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { databaseTour, tourFacts } from "../../../test/portable/database-tour.ts";
import { connectRuntime } from "../../http/client/connect-runtime.ts";
import { createHttpHandler } from "../../http/server/handler.ts";
import { createNodeRuntime, superviseNodeRuntime } from "./node.ts";

describe("runtime.databases", () => {
  it("with the engine in this thread", async () => {
    const runtime = await createNodeRuntime();
    expect(await databaseTour(runtime)).toEqual(tourFacts);
    await runtime.close();
  });

  it("behind HTTP", async () => {
    const supervised = await superviseNodeRuntime();
    const handler = createHttpHandler(supervised, { authorize: () => "manage" });
    const remote = await connectRuntime("http://skills.test", {
      fetch: (url, init) => handler(new Request(url, init)),
    });
    expect(await databaseTour(remote)).toEqual(tourFacts);
    await remote.close();
    await supervised.runtime.close();
  });

  it("on a real directory, of which nothing is left over", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "databases-"));
    const runtime = await createNodeRuntime({ storage: { kind: "directory", path: folder } });
    expect(await databaseTour(runtime)).toEqual(tourFacts);
    expect(await runtime.fs.list("/runtime/databases/sqlite")).toEqual([]);
    expect(await runtime.fs.list("/runtime/databases/lancedb")).toEqual([]);
    await runtime.close();
    await rm(folder, { recursive: true });
  });
});
