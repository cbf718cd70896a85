/**
 * What a run of tests is told in: for people, as TAP 14, as JUnit's XML.
 * @module
 */
import type { TestResult } from "./run-tests.ts";

export interface Reporter {
  /** Before the first. */
  begin?(): string;
  result(result: TestResult, number: number): string;
  end(results: readonly TestResult[]): string;
}

export const reporters: Readonly<Record<string, Reporter>> = {
  spec: {
    result: ({ failure, skill, file, name, ms, log }) => {
      const head = `${failure === undefined ? "ok    " : "FAILED"} ${skill}/${file} › ${name.join(" › ")} (${Math.round(ms)} ms)\n`;
      if (failure === undefined) return head;
      const lines = log.map(({ level, message }) => `log ${level}: ${message}`);
      return head + indented([failure.message, ...ownFrames(failure.traceback), ...lines].join("\n"), "    ");
    },
    end: (results) => `${summary(results)}\n`,
  },
  tap: {
    begin: () => "TAP version 14\n",
    result: ({ failure, file, name, ms, skill }, number) => {
      const title = `${skill}/${file}: ${name.join(" > ")}`.replaceAll(/[#\\]/g, "\\$&").replaceAll("\n", " ");
      const head = `${failure === undefined ? "ok" : "not ok"} ${number} - ${title}\n`;
      const facts =
        failure === undefined
          ? [`duration_ms: ${ms.toFixed(1)}`]
          : [
              `duration_ms: ${ms.toFixed(1)}`,
              "severity: fail",
              "message: |-",
              indented(failure.message, "  ").trimEnd(),
            ];
      return `${head}${indented(["---", ...facts, "..."].join("\n"), "  ")}`;
    },
    end: (results) => `1..${results.length}\n# ${summary(results)}\n`,
  },
  junit: {
    result: () => "",
    end: (results) => {
      const cases = results.map(({ skill, file, name, ms, failure }) => {
        const head = `  <testcase classname="${xml(`${skill}/${file}`)}" name="${xml(name.join(" > "))}" time="${(ms / 1000).toFixed(3)}"`;
        if (failure === undefined) return `${head}/>`;
        const detail = [failure.message, ...ownFrames(failure.traceback)].join("\n");
        return `${head}>\n    <failure message="${xml(failure.message)}">${xml(detail)}</failure>\n  </testcase>`;
      });
      const failures = results.filter(({ failure }) => failure !== undefined).length;
      const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1000;
      const head = `<testsuite name="luaskills-wasm" tests="${results.length}" failures="${failures}" errors="0" time="${seconds.toFixed(3)}">`;
      return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...cases, "</testsuite>"].join("\n")}\n`;
    },
  },
};

export function summary(results: readonly TestResult[]): string {
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  return `${results.length - failed} passed, ${failed} failed`;
}

/** Of a traceback, what its reader has written. */
function ownFrames(traceback: string | undefined): string[] {
  const frames = (traceback ?? "").split("\n").filter((line) => /^\s+/.test(line));
  return frames.filter((line) => !/luaskills_test|\[C\]|=vulcan/.test(line)).slice(0, 8);
}

function indented(text: string, by: string): string {
  return `${text.replaceAll(/^/gm, by)}\n`;
}

/** What XML 1.0 cannot hold at all is left out. */
function xml(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    '"': "&quot;",
    "\n": "&#10;",
  };
  return text.replaceAll(/[^\P{Cc}\t\n\r]/gu, "").replaceAll(/[<>&"\n]/g, (mark) => marks[mark] ?? "");
}
