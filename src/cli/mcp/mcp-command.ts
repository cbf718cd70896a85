import { exitCodes } from "../../base/error-status.ts";
import { followFiles } from "../folder/follow-files.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import { noSkills } from "../folder/skills-folder.ts";
import type { Run } from "../run.ts";

interface McpSwitches extends EngineSwitches {
  readonly name?: string;
  readonly files?: readonly string[];
  readonly watch?: boolean;
  readonly timeout?: number;
}

/** `luaskills-wasm mcp`: until the client closes stdin. Stdout is the protocol's alone. */
export async function mcp(run: Run, skills: string | undefined, switches: McpSwitches): Promise<number> {
  return onFolder(run, skills ?? ".", switches, async ({ runtime, folder, tellProblems }) => {
    await tellProblems();
    if (runtime.list().length === 0)
      run.report.note(
        `there are no entries: ${folder.skillIds.length === 0 ? noSkills(folder) : "no skill was loaded"}`,
      );
    if (process.stdin.isTTY) run.report.info("MCP on stdin and stdout: a client starts this command; Ctrl-C ends it");
    const watch = switches.watch ? followFiles(run, runtime, folder) : undefined;
    const { serveStdio } = await import("./transports.ts");
    const name = switches.name ?? (folder.kind === "skill" ? folder.skillIds[0] : undefined);
    await serveStdio(runtime, {
      ...(name === undefined ? {} : { name }),
      ...(switches.files === undefined ? {} : { resources: switches.files }),
      ...(switches.timeout === undefined ? {} : { timeoutMs: switches.timeout }),
    });
    await watch?.close();
    return exitCodes.ok;
  });
}
