import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { App } from "../../browser/consumers/app.ts";
import { startProcess } from "./process-server.ts";
import { useServer } from "./use-server.ts";

export async function node(app: App): Promise<void> {
  const server = await startProcess(process.execPath, ["main.js"], {
    cwd: app.folder,
    env: { TOKEN: "secret", PORT: "0" },
    ready: /on port (\d+)/,
  });
  try {
    await useServer(server.url, "secret");
    assert.ok(existsSync(path.join(app.folder, "data", "data", "notebook", "coffee.md")), "the note is a file");
  } finally {
    assert.equal(await server.stop(), 0, "SIGTERM ends the server by itself");
  }
}
