import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { exitCodes } from "../../base/error-status.ts";
import type { PartialBridgeConfig } from "../../bridge/config.ts";
import { bridgeConfigSchema } from "../../bridge/config-schema.ts";
import { BridgeServer } from "../../bridge/server.ts";
import { tokenFile } from "../../bridge/token-file.ts";
import { installTools } from "../../bridge/tools/install-tools.ts";
import type { Run } from "../run.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { usageError } from "../usage-error.ts";
import { type BridgeCommand, parseBridgeCommand, usage } from "./bridge-flags.ts";

/** `luaskills-wasm bridge`: runs until it is interrupted. Its flags are its own. */
export async function bridge(run: Run, argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    run.print(usage);
    return exitCodes.ok;
  }
  const command = parseBridgeCommand(argv);
  if (command.schema) {
    run.json(bridgeConfigSchema);
    return exitCodes.ok;
  }
  const say = (line: string) => run.report.note(line);
  await installDeclared(command, say);
  const tokens = tokenFile(command.tokensFile);
  if (command.forget) tokens.save([]);
  const server = await BridgeServer.start({
    ...command.config,
    tokens,
    onPairingCode: (code) => say(`Pairing code: ${code}  (good for one page, for ten minutes; Enter makes a new one)`),
    onAudit: (line) => {
      if (!command.quiet) say(line);
      if (command.logFile !== undefined) appendFileSync(command.logFile, `${line}\n`, { mode: 0o600 });
    },
  });
  // Whoever reads the address may end the bridge at once.
  const interrupted = untilInterrupted();
  run.print(server.url);
  for (const line of allowed(command.config)) say(line);
  const input = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  input?.on("line", () => server.renewPairingCode());
  await interrupted;
  input?.close();
  await server.close();
  return exitCodes.ok;
}

async function installDeclared(
  { config, toolsOf, checksums }: BridgeCommand,
  say: (line: string) => void,
): Promise<void> {
  if (toolsOf.length === 0) return;
  const [root] = config.toolRoots ?? [];
  if (root === undefined) throw usageError("--tools-of needs --tools DIR, where the tools are put");
  for (const { name, version, isNew } of await installTools({ packages: toolsOf, root, checksums, onProgress: say })) {
    say(`Tool:     ${name} ${version}${isNew ? "" : " (was there)"}`);
  }
}

function allowed({
  origins = [],
  programs = [],
  roots = [],
  mounts = [],
  runtimes = {},
  native,
}: PartialBridgeConfig): string[] {
  const list = (names: readonly string[], flag: string) => (names.length > 0 ? names.join(", ") : `none (${flag})`);
  return [
    `Pages:    ${list([...origins, ...(native ? ["programs without a page"] : [])], "--origin URL")}`,
    `Programs: ${list(
      programs.map(({ name }) => name),
      "--allow NAME",
    )}`,
    `Runtimes: ${list(Object.keys(runtimes), "--runtime NAME")}`,
    `Roots:    ${list(roots, "--root DIR")}`,
    `Mounts:   ${list(
      mounts.map(({ path, access }) => `${path} (${access})`),
      "--mount DIR, --mount-rw DIR",
    )}`,
  ];
}
