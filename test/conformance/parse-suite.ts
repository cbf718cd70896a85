import { parse } from "yaml";
import type { Case, HostStubs, Setup, Step, Suite } from "./case-format.ts";

interface SuiteFile {
  readonly suite?: string;
  readonly requires?: readonly string[];
  readonly defaults?: Setup;
  readonly cases?: ReadonlyArray<Partial<Case> & { readonly id?: string }>;
}

/** Parses one suite and merges its defaults into every case. @throws Error naming the file and what is wrong. */
export function parseSuite(file: string, text: string): Suite {
  const raw = parseYaml(file, text);
  if (!raw || typeof raw.suite !== "string" || !Array.isArray(raw.cases)) {
    throw new Error(`${file}: not a suite: it needs "suite" (a name) and "cases" (a list)`);
  }
  const seen = new Set<string>();
  const cases = raw.cases.map((one, index): Case => {
    if (typeof one.id !== "string" || seen.has(one.id)) {
      throw new Error(
        `${file}: case ${index + 1} needs an id of its own, got ${one.id === undefined ? "none" : `"${one.id}" twice`}`,
      );
    }
    seen.add(one.id);
    return {
      ...one,
      id: one.id,
      requires: [...(raw.requires ?? []), ...(one.requires ?? [])],
      setup: mergeSetup(raw.defaults ?? {}, one.setup ?? {}),
      steps: (one.steps ?? []) as readonly Step[],
    };
  });
  return { file, title: raw.suite, cases };
}

function parseYaml(file: string, text: string): SuiteFile | null {
  try {
    // Suites lean on aliases for repeated literals; the parser's guard against alias bombs is for strangers' files.
    return parse(text, { version: "1.2", maxAliasCount: -1 }) as SuiteFile | null;
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Files merge by path, options and host by key (not deeply), every other member is replaced. */
export function mergeSetup(defaults: Setup, own: Setup): Setup {
  return {
    ...defaults,
    ...own,
    options: { ...defaults.options, ...own.options },
    files: { ...defaults.files, ...own.files },
    bytes: { ...defaults.bytes, ...own.bytes },
    dirs: [...(defaults.dirs ?? []), ...(own.dirs ?? [])],
    host: { ...defaults.host, ...own.host } as HostStubs,
  };
}
