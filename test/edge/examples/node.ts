import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { App } from "../../browser/consumers/app.ts";
import { startProcess } from "./process-server.ts";
import { useServer } from "./use-server.ts";

export const node = (app: App): Promise<void> => servesAndEnds(app, process.execPath, "main.js");

/** The package's Node build, in another host of Node's modules. */
export const bun = (app: App): Promise<void> => servesAndEnds(app, path.resolve("node_modules/.bin/bun"), "main.ts");

async function servesAndEnds(app: App, command: string, script: string): Promise<void> {
  const server = await startProcess(command, [script], {
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
