// A Node.js process that calls handlers of a package, one at a time. Run as text by runtime-worker.ts: it hears one line of JSON
// a call on descriptor 3, and answers on 4.
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const requests = createInterface({ input: new Socket({ fd: 3 }) });
const answers = new Socket({ fd: 4 });
const said = { stdout: "", stderr: "" };

for (const [stream, names] of Object.entries({ stdout: ["log", "info", "debug"], stderr: ["warn", "error"] })) {
  for (const name of names) {
    console[name] = (...values) => {
      said[stream] += `${format(...values)}\n`;
    };
  }
  process[stream].write = (chunk, ...rest) => {
    said[stream] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    rest.find((each) => typeof each === "function")?.();
    return true;
  };
}

async function called({ file, handler, args, context }) {
  const found = await import(pathToFileURL(file).href);
  const name = handler ?? (found.default === undefined ? "main" : "default");
  if (typeof found[name] !== "function") throw new Error(`${file} exports no function "${name}"`);
  const value = (await found[name](args, context)) ?? null;
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`the handler answered a ${typeof value}, which is no JSON`);
  return { ok: true, value };
}

for await (const line of requests) {
  said.stdout = "";
  said.stderr = "";
  let answer;
  try {
    answer = await called(JSON.parse(line));
  } catch (thrown) {
    const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    answer = { ok: false, error: message, trace: stack };
  }
  answers.write(`${JSON.stringify({ ...answer, ...said })}\n`);
}
process.exit();
