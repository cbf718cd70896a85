import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { type App, installed, script } from "./app.ts";
import type { Consumer } from "./consumer.ts";
import { forNext, subpathModule } from "./subpaths.ts";

const layout = `export default function Layout({ children }) {
  return <html><body>{children}</body></html>;
}
`;

/** A client component under React's strict mode: it mounts, unmounts and mounts again. */
const page = `"use client";
import { StrictMode, useEffect } from "react";
import { createRuntime } from "luaskills-wasm";
import { RuntimeProvider, useEntries } from "luaskills-wasm/react";
import "./subpaths.js";
function Runtime() {
  useEffect(() => {
    const started = createRuntime({ storage: { kind: "indexeddb", name: "strict" } });
    started.then(() => {}, (error) => { globalThis.refused = String(error); });
    return () => void started.then((runtime) => runtime.close(), () => {});
  }, []);
  return null;
}
function Entries() {
  return <p id="entries">{useEntries().length}</p>;
}
export default function Page() {
  useEffect(() => {
    ${script.replaceAll("\n", "\n    ")}
    globalThis.outcome = globalThis.outcome.then(async (outcome) => {
      if (outcome.error) return outcome;
      if (globalThis.refused) return { error: globalThis.refused };
      const answer = await (await fetch("/api/lua")).json();
      if (document.querySelector("#entries")?.textContent !== "0") return { error: "the hooks rendered nothing" };
      return answer.value === 42 ? outcome : { error: "the route handler answered " + JSON.stringify(answer) };
    });
  }, []);
  return (
    <StrictMode>
      <Runtime />
      <RuntimeProvider create={() => createRuntime({ storage: "memory" })}><Entries /></RuntimeProvider>
    </StrictMode>
  );
}
`;

const route = `import { createEdgeRuntime } from "luaskills-wasm/edge";
export const dynamic = "force-dynamic";
export async function GET() {
  const runtime = await createEdgeRuntime({ storage: "memory" });
  try {
    return Response.json({ value: await runtime.runLua("return args.a + 1", { a: 41 }) });
  } finally {
    await runtime.close();
  }
}
`;

const next = (app: App) => path.join(app.folder, "node_modules", "next", "dist", "bin", "next");
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "true" };

export const nextApp: Consumer = {
  name: "Next, client component and route handler, no configuration",
  async start(app) {
    installed(app, ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"]);
    app.write("app/layout.jsx", layout);
    app.write("app/page.jsx", page);
    app.write("app/subpaths.js", subpathModule(forNext));
    app.write("app/api/lua/route.js", route);
    execFileSync(process.execPath, [next(app), "build"], { cwd: app.folder, env, stdio: ["ignore", "ignore", "pipe"] });
    const server = spawn(process.execPath, [next(app), "start", "--port", "0"], {
      cwd: app.folder,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(server, "exit");
    const url = await new Promise<string>((resolve, reject) => {
      let said = "";
      server.stdout.on("data", (data) => {
        said += data;
        const [address] = /http:\/\/localhost:\d+/.exec(said) ?? [];
        if (address !== undefined) resolve(address);
      });
      server.once("exit", () => reject(new Error(`next start ended: ${said}`)));
    });
    return {
      url,
      async close() {
        server.kill();
        await exited;
      },
    };
  },
};
