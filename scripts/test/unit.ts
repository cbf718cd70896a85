// The unit tests, with a last line in the form every stage of `npm test` has. Skipped tests are listed.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "../build/bundle.ts";

// Two stages may run at a time.
const outputFile = path.join(root, ".cache", `unit-${process.pid}.json`);
mkdirSync(path.dirname(outputFile), { recursive: true });
const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json"];
const { status } = spawnSync(process.execPath, [...args, `--outputFile.json=${outputFile}`, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly status: string;
    readonly assertionResults: ReadonlyArray<{ readonly status: string; readonly fullName: string }>;
  }>;
}
const report = JSON.parse(readFileSync(outputFile, "utf8")) as Report;
rmSync(outputFile);
for (const file of report.testResults) {
  for (const test of file.assertionResults) {
    if (test.status === "pending" || test.status === "skipped") console.log(`skipped ${file.name}: ${test.fullName}`);
  }
}
// A file that does not even load has no tests to fail.
const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
const failed = report.numFailedTests + broken.length;
console.log(`\n${report.numPassedTests} passed, ${failed} failed`);
process.exit(status ?? 1);
