import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { App } from "../../browser/consumers/app.ts";
import { startProcess } from "./process-server.ts";
import { useServer } from "./use-server.ts";

export async function deno(app: App): Promise<void> {
  // The example imports the released package; here the installed tarball stands in for it.
  const config = JSON.parse(readFileSync(path.join(app.folder, "deno.json"), "utf8")) as { tasks: { start: string } };
  app.write("deno.json", JSON.stringify({ nodeModulesDir: "manual" }));
  const [, ...args] = config.tasks.start.split(" ");
  const server = await startProcess(path.resolve("node_modules/.bin/deno"), args, {
    cwd: app.folder,
    env: { TOKEN: "secret", PORT: "0", DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    ready: /http:\/\/[\w.]+:(\d+)/,
  });
  try {
    await useServer(server.url, "secret");
    assert.ok(existsSync(path.join(app.folder, "data", "data", "notebook", "coffee.md")), "the note is a file");
  } finally {
    await server.stop();
  }
}
