import type { PageResult } from "./page.ts";

/** Prints results as they come and counts them. */
export class Tally {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  heading(text: string): void {
    console.log(`\n${text}`);
  }

  add(group: string, results: readonly PageResult[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const { outcome } of results) count[outcome]++;
    this.#passed += count.passed;
    this.#failed += count.failed;
    this.#skipped += count.skipped;
    const ms = results.reduce((sum, result) => sum + result.ms, 0);
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    console.log(`  ${group}: ${count.passed} passed, ${count.failed} failed${skipped} (${ms} ms)`);
    for (const { name, outcome, detail } of results) {
      if (outcome === "failed") console.log(`    FAILED ${name}: ${detail?.replaceAll("\n", "\n      ")}`);
      if (outcome === "skipped") console.log(`    skipped ${name}: ${detail}`);
    }
  }

  /** Prints the last line and sets the exit code: nothing run is a failure too. */
  finish(): void {
    if (this.#skipped > 0) console.log(`\n${this.#skipped} skipped`);
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    process.exitCode = this.#failed > 0 || this.#passed === 0 ? 1 : 0;
  }
}
