import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { type App, twoLines } from "./app.ts";

/** What users of some subpaths have: the AI SDK, and the types of React and Node. */
const typePackages = ["ai", "@types/react", "@types/node"];

/** Who writes for Workers has the platform's types; this is what ours name of them. */
const workersTypes = `declare module "cloudflare:workers" {
  export class DurableObject<Env = unknown> {
    protected readonly ctx: unknown;
    protected readonly env: Env;
    constructor(ctx: unknown, env: Env);
  }
}
`;

/** Every entry of the package with types, so that each is read by the compiler. */
function everySubpath(): string {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
    exports: Readonly<Record<string, unknown>>;
  };
  return Object.entries(exports)
    .filter(([, target]) => typeof target === "object")
    .map(([subpath], n) => `export * as s${n} from "${subpath.replace(".", "luaskills-wasm")}";\n`)
    .join("");
}

/** The declarations of the tarball under a stranger's strict compiler, library checks on: the two lines, and every subpath. */
export function checkTypes(app: App, moduleResolution: "bundler" | "nodenext" | "node16"): void {
  app.write(
    "types/main.ts",
    `${twoLines}export const checked: import("luaskills-wasm").Json = value;
// @ts-expect-error an entry's name is text
rt.call(1);
`,
  );
  compile(app, moduleResolution, "main.ts", []);
  for (const name of typePackages) {
    const link = path.join(app.folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.resolve("node_modules", name), link);
  }
  try {
    app.write("types/workers.d.ts", workersTypes);
    app.write("types/all.ts", `/// <reference path="./workers.d.ts" />\n${everySubpath()}`);
    compile(app, moduleResolution, "all.ts", ["node"]);
  } finally {
    for (const name of typePackages) rmSync(path.join(app.folder, "node_modules", name));
  }
}

function compile(app: App, moduleResolution: string, file: string, types: readonly string[]): void {
  app.write(
    "types/tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        target: "es2022",
        module: moduleResolution === "bundler" ? "esnext" : moduleResolution,
        moduleResolution,
        lib: ["es2022", "dom"],
        types,
        strict: true,
        skipLibCheck: false,
        noEmit: true,
      },
      files: [file],
    }),
  );
  const tsc = path.resolve("node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "-p", path.join(app.folder, "types")], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout || String(error));
  }
}
