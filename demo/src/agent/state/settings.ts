import { signal } from "@preact/signals";
import { type Generator, openAiCompatible } from "luaskills-wasm/genx";
import { demoModel } from "./demo-model.ts";

export type Rule = "allow" | "ask" | "deny";

/** Where answers come from. The key stays in this signal: it is written nowhere. */
export const modelKind = signal<"demo" | "endpoint">("demo");
export const endpoint = signal({ baseUrl: "", model: "", key: "" });
/** Tool name → what happens when the model calls it. */
export const rules = signal<Readonly<Record<string, Rule>>>({ run_lua: "ask" });

export function ruleOf(tool: string): Rule {
  return rules.value[tool] ?? "allow";
}

export function setRule(tool: string, rule: Rule): void {
  rules.value = { ...rules.value, [tool]: rule };
}

/** @throws Error in words for people */
export function chosenModel(): Generator {
  if (modelKind.value === "demo") return demoModel();
  const { baseUrl, model, key } = endpoint.value;
  if (!/^https?:\/\//.test(baseUrl)) throw new Error("Give the endpoint's address, such as https://host/v1.");
  if (model === "") throw new Error("Give the name of a model.");
  return openAiCompatible({ baseUrl, model, ...(key === "" ? {} : { apiKey: key }) });
}
