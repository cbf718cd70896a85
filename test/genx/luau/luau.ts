import { spawn } from "node:child_process";
import path from "node:path";

export interface OracleAnswer {
  readonly value?: unknown;
  readonly error?: string;
}

/** Runs each text on Luau itself. A text that brings the oracle down is an error; the next ones get a new process. */
export async function runOnLuau(sources: readonly string[]): Promise<OracleAnswer[]> {
  const answers: OracleAnswer[] = [];
  while (answers.length < sources.length) {
    const rest = sources.slice(answers.length);
    const got = await oracle(rest);
    answers.push(...got);
    if (got.length === 0) answers.push({ error: "the oracle ended" });
  }
  return answers;
}

function oracle(sources: readonly string[]): Promise<OracleAnswer[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "oracle.mjs")], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", () => {
      const lines = text.split("\n").slice(0, -1);
      resolve(lines.map((line) => JSON.parse(line) as OracleAnswer));
    });
    child.stdin.on("error", () => {});
    child.stdin.end(JSON.stringify(sources));
  });
}
