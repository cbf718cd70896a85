/** Node and Deno. @module */
import { readFileSync } from "node:fs";
import process from "node:process";

/**
 * Milliseconds of processor time this thread has had: what V8 compiles and collects in its own threads is not in it, for nobody
 * waits for that. Where the system does not tell (Linux does), that of the process.
 */
export function processorTimeOfThread(): () => number {
  const ofProcess = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const ofThread = () => Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ", 1)[0]) / 1e6;
  try {
    if (ofThread() > 0) return ofThread;
  } catch {
    // Another system, or a sandbox without /proc.
  }
  return ofProcess;
}
