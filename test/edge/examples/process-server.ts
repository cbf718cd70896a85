import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Starts a server and waits until `ready` matches what it prints; the match's first group is its port. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly ready: RegExp },
): Promise<{ readonly url: string; stop(): Promise<number | null> }> {
  const child: ChildProcess = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no sign of life after 60 s: ${output}`)), 60_000);
    const hear = (data: Buffer) => {
      output += data.toString();
      const [, found] = options.ready.exec(output) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with code ${code}: ${output}`));
    });
  });
  return {
    url: `http://localhost:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      clearTimeout(timer);
      return child.exitCode;
    },
  };
}
