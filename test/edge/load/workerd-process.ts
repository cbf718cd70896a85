/** What the workerd processes this one has started use, from /proc; 0 where there is none. */
import { readdirSync, readFileSync } from "node:fs";

/** Resident bytes. */
export function workerdBytes(): number {
  return sum((folder) => Number(/^VmRSS:\s+(\d+)/m.exec(readText(`${folder}/status`))?.[1] ?? 0) * 1024);
}

/** Milliseconds on a processor so far: what a call costs however busy the machine is with other things. */
export function workerdCpuMs(): number {
  return sum((folder) => {
    // After the name in brackets: state, 10 numbers, then ticks of 10 ms in user and system mode.
    const fields = readText(`${folder}/stat`).split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
  });
}

function sum(read: (folder: string) => number): number {
  let total = 0;
  try {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const status = readText(`/proc/${pid}/status`);
      if (!/^Name:\s+workerd/m.test(status) || !new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status)) continue;
      total += read(`/proc/${pid}`);
    }
  } catch {
    return 0;
  }
  return total;
}

/** A process may end while it is looked at. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
