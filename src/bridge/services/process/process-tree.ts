import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** By this variable the descendants of one run are known, even those that left its process group. */
const mark = "LUASKILLS_BRIDGE_RUN";

/** One program and whatever it starts. */
export class ProcessTree {
  readonly #id = randomUUID();

  /** Goes into the environment of the program. */
  get environment(): Record<string, string> {
    return { [mark]: this.#id };
  }

  /** Kills the program's group and every process that carries its mark. */
  kill(pid: number | undefined): void {
    if (pid !== undefined) {
      if (process.platform === "win32") spawnSync("taskkill", ["/T", "/F", "/PID", String(pid)]);
      else signal(-pid);
    }
    // Twice: what was forked while the first look went on carries the mark as well.
    for (let round = 0; round < 2; round++) for (const each of this.#marked()) signal(each);
  }

  /** Where /proc is, it tells the environment each process of this user began with. */
  #marked(): number[] {
    if (process.platform !== "linux") return [];
    const wanted = `${mark}=${this.#id}`;
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((name) => environmentOf(name).includes(wanted))
      .map(Number);
  }
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // It ended, or belongs to another user.
    return "";
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
