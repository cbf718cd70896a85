/**
 * What is exported below src/ and imported nowhere, as knip sees it (knip.json).
 * @module
 */
import { spawnSync } from "node:child_process";
import { root } from "../build/bundle.ts";

interface Found {
  readonly name: string;
  readonly line?: number;
}
interface Issue {
  readonly file: string;
  readonly files?: readonly Found[];
  readonly exports?: readonly Found[];
  readonly types?: readonly Found[];
  readonly unlisted?: readonly Found[];
}

/** One line for each export, file and package. @throws when knip itself fails */
export function unusedExports(): string[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      "node_modules/knip/bin/knip.js",
      "--include",
      "exports,types,files,unlisted",
      "--reporter",
      "json",
      "--no-progress",
    ],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (!stdout.trim().startsWith("{")) throw new Error(`knip failed: ${stderr || stdout}`);
  const { issues } = JSON.parse(stdout) as { issues: readonly Issue[] };
  return issues.flatMap(({ file, files = [], exports = [], types = [], unlisted = [] }) => [
    ...files.map(() => `${file}: nothing imports this file`),
    ...[...exports, ...types].map(
      ({ name, line }) =>
        `${file}:${line}: ${name} is exported and imported nowhere; take the export away, or the code`,
    ),
    ...unlisted.map(({ name }) => `${file}: imports ${name}, which is not in package.json`),
  ]);
}
