import { execFileSync } from "node:child_process";
import path from "node:path";
import { type App, twoLines } from "./app.ts";

/** The declarations of the tarball under a stranger's strict compiler, library checks on. */
export function checkTypes(app: App, moduleResolution: "bundler" | "nodenext"): void {
  app.write(
    "types/main.ts",
    `${twoLines}export const checked: import("luaskills-wasm").Json = value;
// @ts-expect-error an entry's name is text
rt.call(1);
`,
  );
  app.write(
    "types/tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        target: "es2022",
        module: moduleResolution === "bundler" ? "esnext" : "nodenext",
        moduleResolution,
        lib: ["es2022", "dom"],
        types: [],
        strict: true,
        skipLibCheck: false,
        noEmit: true,
      },
      files: ["main.ts"],
    }),
  );
  const tsc = path.resolve("node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "-p", path.join(app.folder, "types")], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout || String(error));
  }
}
