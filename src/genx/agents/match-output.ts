import type { Json } from "../../contract/contract.ts";
import type { MatchRule } from "./agent-definition.ts";

export interface RuleMatch {
  readonly rule: string;
  readonly args: Readonly<Record<string, Json>>;
}

/** Reads what a model said: a line for each match, `rule: a=1, b=2`. Lines that name no rule are passed over. */
export function readMatches(text: string, rules: readonly MatchRule[]): readonly RuleMatch[] {
  const known = new Map(rules.map((rule) => [rule.name, rule]));
  return text.split("\n").flatMap((line) => {
    const [, name = "", rest = ""] = /^\s*[-*]?\s*`?([^:`]+?)`?\s*(?::(.*))?$/.exec(line) ?? [];
    const rule = known.get(name);
    return rule === undefined ? [] : [{ rule: name, args: readVars(rest, rule) }];
  });
}

function readVars(text: string, { vars = {} }: MatchRule): Readonly<Record<string, Json>> {
  const names = Object.keys(vars);
  const args: Record<string, Json> = {};
  // A value may hold commas: it ends where the next known name begins.
  const starts = [...text.matchAll(/(?:^|,)\s*([^=,\s]+)\s*=/g)].filter((match) => names.includes(match[1] ?? ""));
  for (const [i, match] of starts.entries()) {
    const name = match[1] ?? "";
    const value = text.slice(match.index + match[0].length, starts[i + 1]?.index ?? text.length).trim();
    const read = readValue(value.replace(/^(["'])(.*)\1$/, "$2"), vars[name]?.type ?? "string");
    if (read !== undefined) args[name] = read;
  }
  return args;
}

function readValue(text: string, type: "string" | "int" | "float" | "bool"): Json | undefined {
  if (text === "") return undefined;
  switch (type) {
    case "string":
      return text;
    case "bool":
      return /^(?:true|yes|1)$/i.test(text);
    case "int": {
      const number = Number(text);
      return Number.isFinite(number) ? Math.trunc(number) : undefined;
    }
    case "float": {
      const number = Number(text);
      return Number.isFinite(number) ? number : undefined;
    }
  }
}

/** What a model is told about the rules. */
export function rulesPrompt(rules: readonly MatchRule[]): string {
  const lines = [
    "Decide which of the rules below the user's text matches.",
    "Answer with one line for each match, in the order of the text: the rule's name, and, if it has variables, a colon and `name=value` pairs with commas between them.",
    "Answer `none` when no rule matches. Say nothing else.",
  ];
  for (const { name, vars = {}, patterns = [] } of rules) {
    lines.push("", `Rule ${name}`);
    for (const [variable, { label = variable, type = "string" }] of Object.entries(vars)) {
      lines.push(`- variable ${variable} (${type}): ${label}`);
    }
    for (const pattern of patterns) {
      if (typeof pattern === "string") lines.push(`- for example: ${pattern}`);
      else lines.push(`- for example: ${pattern[0]} → ${pattern[1]}`);
    }
  }
  return lines.join("\n");
}
