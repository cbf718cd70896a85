import { spawn } from "node:child_process";
import { executable } from "./executables.ts";

export interface Display {
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** The user's display, or an Xvfb on a free number (it writes the number to the descriptor we give it). */
export async function openDisplay(): Promise<Display> {
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return { env: {}, stop() {} };
  const args = ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"];
  const server = spawn(executable("xvfb"), args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise<string>((resolve, reject) => {
    server.stdio[3]?.once("data", (data: Buffer) => resolve(data.toString().trim()));
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`Xvfb ended with code ${code} before it gave a display number`)));
  });
  return { env: { DISPLAY: `:${number}` }, stop: () => server.kill() };
}
