/**
 * Commands scripts take for granted and the shell's package has not.
 * @module
 */
import type { Machine } from "../interface.ts";
import { answer, reasonOf, type ShellCommand } from "./command.ts";

export function smallCommands(machine: Machine): ShellCommand[] {
  return [realpath, mktemp, uname(machine), nproc];
}

const realpath: ShellCommand = {
  name: "realpath",
  execute: async (args, { fs, cwd }) => {
    const allowMissing = args.includes("-m");
    let stdout = "";
    let stderr = "";
    for (const name of args.filter((arg) => !/^-[ems]$/.test(arg) && arg !== "--")) {
      const path = fs.resolvePath(cwd, name);
      try {
        stdout += `${allowMissing ? path : await fs.realpath(path)}\n`;
      } catch (thrown) {
        stderr += `realpath: ${name}: ${reasonOf(thrown)}\n`;
      }
    }
    return answer({ stdout, stderr, exitCode: stderr === "" ? 0 : 1 });
  },
};

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

const mktemp: ShellCommand = {
  name: "mktemp",
  execute: async (args, { fs, cwd, env }) => {
    const folder = args.includes("-d") || args.includes("--directory");
    const given = args.filter((arg) => !arg.startsWith("-")).at(-1);
    const base = given === undefined ? (env.get("TMPDIR") ?? "/tmp") : cwd;
    const template = given ?? "tmp.XXXXXXXXXX";
    if (!/X{3,}/.test(template)) {
      return answer({ stderr: `mktemp: too few X's in template '${template}'\n`, exitCode: 1 });
    }
    const random = () => letters[(crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) % letters.length] ?? "x";
    const path = fs.resolvePath(
      base,
      template.replace(/X+(?=[^X]*$)/, (marks) => Array.from(marks, random).join("")),
    );
    try {
      if (folder) await fs.mkdir(path);
      else await fs.writeFile(path, "");
      return answer({ stdout: `${path}\n` });
    } catch (thrown) {
      return answer({ stderr: `mktemp: failed to create '${path}': ${reasonOf(thrown)}\n`, exitCode: 1 });
    }
  },
};

function uname({ os, arch }: Machine): ShellCommand {
  const kernel = os === "macos" ? "Darwin" : os === "windows" ? "Windows_NT" : "Linux";
  const facts: Readonly<Record<string, string>> = {
    s: kernel,
    n: "localhost",
    r: "6.1.0",
    v: "luaskills-wasm",
    m: arch,
  };
  return {
    name: "uname",
    execute: async (args) => {
      const wanted = args.join("").replaceAll("-", "") || "s";
      const shown = wanted.includes("a") ? "snrvm" : [..."snrvm"].filter((each) => wanted.includes(each)).join("");
      return answer({ stdout: `${[...shown].map((each) => facts[each]).join(" ")}\n` });
    },
  };
}

const nproc: ShellCommand = { name: "nproc", execute: async () => answer({ stdout: "1\n" }) };
