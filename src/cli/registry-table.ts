import type { EntryDescriptor } from "../contract/contract.ts";

/** One line per entry: canonical name, parameters, description; `*` marks what is required. */
export function registryTable(entries: readonly EntryDescriptor[]): string {
  if (entries.length === 0) return "no entries\n";
  const heads = entries.map((entry) => `${entry.name}${parameterList(entry)}`);
  const width = Math.min(Math.max(...heads.map((head) => head.length)), 48);
  const lines = entries.map((entry, i) =>
    `${(heads[i] ?? "").padEnd(width)}  ${firstLine(entry.description)}`.trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function parameterList({ parameters }: EntryDescriptor): string {
  if (parameters.length === 0) return "";
  return ` (${parameters.map(({ name, required }) => (required ? `${name}*` : name)).join(", ")})`;
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
