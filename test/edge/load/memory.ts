import { readdirSync, readFileSync } from "node:fs";

/** Resident bytes of every workerd this process has started; 0 where there is no /proc. */
export function workerdBytes(): number {
  let sum = 0;
  try {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const status = readText(`/proc/${pid}/status`);
      if (!/^Name:\s+workerd/m.test(status) || !new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status)) continue;
      sum += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    }
  } catch {
    return 0;
  }
  return sum;
}

/** A process may end while it is looked at. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
