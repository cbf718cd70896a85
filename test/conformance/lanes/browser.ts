import { readFile, rm } from "node:fs/promises";
import type { EngineName } from "../../browser/engines/engine.ts";
import { launch } from "../../browser/engines/launch.ts";
import type { RunOptions } from "../options.ts";
import { caseProcesses } from "./bridge.ts";
import { bundleEntry } from "./bundle-entry.ts";
import type { Environment } from "./environment.ts";
import { LaneServer } from "./remote/lane-server.ts";
import { remoteEnvironment } from "./remote/remote-environment.ts";

const html = `<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page.js"></script>`;

/** One page; each lane is a dedicated worker of it that runs the same executor as in Node. */
export async function openBrowser(options: RunOptions & { environment: EngineName }): Promise<Environment> {
  const bundles = await Promise.all(
    ["page", "page-worker"].map((name) => bundleEntry(`test/conformance/lanes/${name}.ts`, "browser")),
  );
  const [page, worker] = await Promise.all(bundles.map((file) => readFile(file)));
  await Promise.all(bundles.map((file) => rm(file)));
  const javascript = "text/javascript; charset=utf-8";
  const server = await LaneServer.open(
    new Map([
      ["/", { type: "text/html; charset=utf-8", content: html }],
      ["/page.js", { type: javascript, content: page ?? "" }],
      ["/page-worker.js", { type: javascript, content: worker ?? "" }],
      ["/lua.wasm", { type: "application/wasm", content: await readFile("dist/lua.wasm") }],
      ["/sqlite3.wasm", { type: "application/wasm", content: await readFile("dist/sqlite3.wasm") }],
      [
        "/jieba.wasm",
        {
          type: "application/wasm",
          content: await readFile("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm"),
        },
      ],
    ]),
  );
  const processes = await caseProcesses(options, server.origin);
  const browser = await launch(options.environment);
  const close = async () => {
    await browser.close();
    await processes.close();
    await server.close();
  };
  try {
    await browser.go(`${server.origin}/`);
    await browser.evaluate(
      `(async () => { for (let i = 0; i < 100 && !window.conformance; i++) await new Promise((r) => setTimeout(r, 50)); if (!window.conformance) throw new Error("the page did not start"); })()`,
    );
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return remoteEnvironment({
    lanes: 2,
    start: {
      ...(options.waiting ? { waiting: options.waiting } : {}),
      isolation: options.isolation,
      process: processes.process,
      storage: options.storage,
      tab: options.tab,
      sqliteStorage: options.sqliteStorage,
      wasm: {
        lua: `${server.origin}/lua.wasm`,
        sqlite: `${server.origin}/sqlite3.wasm`,
        jieba: `${server.origin}/jieba.wasm`,
      },
    },
    connect: (receive, fail) =>
      server.connect(receive, fail, {
        open: async (lane) => void (await browser.evaluate(`window.conformance.openLane(${lane})`)),
        end: async (lane) => void (await browser.evaluate(`window.conformance.endLane(${lane})`)),
      }),
    close,
  });
}
