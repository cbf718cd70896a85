import { cpSync } from "node:fs";
import path from "node:path";
import type { App } from "../../browser/consumers/app.ts";

/** The example's own files beside the installed package; its package.json would ask the registry for a release. */
export function copyExample(name: string, app: App): void {
  cpSync(path.join("examples", name), app.folder, {
    recursive: true,
    filter: (source) => path.basename(source) !== "package.json",
  });
}
