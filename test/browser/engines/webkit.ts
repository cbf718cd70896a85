/**
 * WebKitGTK's MiniBrowser over plain WebDriver. One session per driver process, no console events, ephemeral storage.
 * @module
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { openDisplay } from "./display.ts";
import type { Browser, LaunchOptions, Tab } from "./engine.ts";
import { executable } from "./executables.ts";

const elementTimeoutMs = 30_000;

export async function launchWebKit(options: LaunchOptions = {}): Promise<Browser> {
  if (options.profile) throw new Error("webkit: a kept profile is not possible, automation is ephemeral");
  const display = await openDisplay();
  const home = mkdtempSync(path.join(tmpdir(), "webkit-"));
  const folders: Record<string, string> = {};
  for (const name of ["XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"]) {
    folders[name] = path.join(home, name);
    mkdirSync(folders[name], { mode: 0o700 });
  }
  const port = await freePort();
  // A group of its own: a killed driver must take its browser along. No JSC_useSharedArrayBuffer: this engine stands
  // for the poor browser, without shared memory.
  const driver = spawn(executable("webkit"), [`--port=${port}`], {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, ...display.env, ...folders },
  });
  const signals: [NodeJS.Signals, number][] = [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ];
  const exits = signals.map(([, code]) => () => {
    stop();
    process.exit(code);
  });
  let stopped = false;
  const stop = () => {
    if (stopped) return;
    stopped = true;
    signals.forEach(([signal], i) => {
      process.off(signal, exits[i] ?? stop);
    });
    try {
      if (driver.pid !== undefined) process.kill(-driver.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // already gone
    } finally {
      display.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  };
  signals.forEach(([signal], i) => {
    process.once(signal, exits[i] ?? stop);
  });
  try {
    return await openSession(`http://127.0.0.1:${port}`, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

async function openSession(base: string, stop: () => void): Promise<Browser> {
  await untilUp(base);
  const session = (await command(base, "POST", "/session", { capabilities: { alwaysMatch: {} } })) as {
    sessionId: string;
    capabilities: { browserName: string; browserVersion: string };
  };
  const root = `${base}/session/${session.sessionId}`;
  const focused = { handle: (await command(root, "GET", "/window")) as string };
  const first = focused.handle;
  const asTab = (handle: string): Tab & { focus(): Promise<void> } => {
    const focus = async () => {
      if (focused.handle === handle) return;
      await command(root, "POST", "/window", { handle });
      focused.handle = handle;
    };
    return {
      focus,
      async go(url) {
        await focus();
        await command(root, "POST", "/url", { url });
      },
      async evaluate(expression) {
        await focus();
        // WebDriver does not keep key order; a text does. An `error` member would look like the driver's own, and a stack
        // of JavaScriptCore says only where.
        const script = `const done = arguments[arguments.length - 1];
          (async () => JSON.stringify((await (${expression})) ?? null))()
            .then((text) => done({ text }), (thrown) => done({ thrown: [thrown, thrown?.stack].join("\\n") }));`;
        const reply = (await command(root, "POST", "/execute/async", { script, args: [] })) as {
          text?: string;
          thrown?: string;
        };
        if (reply.text === undefined) throw new Error(reply.thrown ?? "the page gave no answer");
        return JSON.parse(reply.text) as unknown;
      },
      async press(keys) {
        await focus();
        const actions = [{ type: "key", id: "keyboard", actions: keys.flatMap(strokes) }];
        await command(root, "POST", "/actions", { actions });
      },
      async close() {
        await focus();
        await command(root, "DELETE", "/window");
        // Without a current window the driver refuses even to open a new one.
        focused.handle = "";
        if (handle !== first) await asTab(first).focus();
      },
    };
  };
  return {
    ...asTab(focused.handle),
    engine: "webkit",
    version: `${session.capabilities.browserName} ${session.capabilities.browserVersion}`,
    async newTab() {
      const { handle } = (await command(root, "POST", "/window/new", { type: "tab" })) as { handle: string };
      return asTab(handle);
    },
    async kill() {
      stop();
    },
    async close() {
      try {
        await command(base, "DELETE", `/session/${session.sessionId}`);
      } finally {
        stop();
      }
    },
  };
}

/** WebDriver names keys that write nothing by characters of their own. */
const namedKeys: Readonly<Record<string, string>> = { Control: "\ue009", Delete: "\ue017", Enter: "\ue007" };

function strokes(key: string): Array<{ type: "keyDown" | "keyUp"; value: string }> {
  const down = (key.startsWith("Control+") ? ["Control", key.slice("Control+".length)] : [key]).map(
    (each) => namedKeys[each] ?? each,
  );
  return [
    ...down.map((value) => ({ type: "keyDown" as const, value })),
    ...down.reverse().map((value) => ({ type: "keyUp" as const, value })),
  ];
}

/** Always with a limit: the driver never answers when its browser fails to start. */
async function command(base: string, method: string, where: string, body?: object): Promise<unknown> {
  const response = await fetch(`${base}${where}`, {
    method,
    signal: AbortSignal.timeout(elementTimeoutMs),
    headers: { "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (value !== null && typeof value === "object" && value.error) {
    throw new Error(`webkit: ${method} ${where}: ${value.error}: ${value.message ?? ""}`);
  }
  return value;
}

async function untilUp(base: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await command(base, "GET", "/status");
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
