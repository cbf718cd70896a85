import { type GenerateRequest, type Generator, scripted } from "luaskills-wasm/genx";

type Message = GenerateRequest["messages"][number];

const textOf = (message: Message | undefined): string =>
  message?.contents.map((part) => (part.type === "text" ? part.value : "")).join("") ?? "";

/** The tools that have answered since the user spoke. */
function answered(messages: readonly Message[]): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role === "user");
  return messages.slice(last + 1).filter(({ role }) => role === "tool");
}

/**
 * A model that needs no key: it counts what the user wrote with a piece of Lua, then with the skill `text-stats` when that
 * is among its tools, and says what they answered.
 */
export function demoModel(): Generator {
  return scripted(
    [
      ({ messages, tools }) => {
        const said = textOf(messages.findLast(({ role }) => role === "user"));
        const results = answered(messages);
        if (results.length === 0) {
          const code = `local words = 0\nfor _ in (${JSON.stringify(said)}):gmatch("%S+") do words = words + 1 end\nreturn words`;
          return ["Let me ", "count that in Lua. ", { tool: "run_lua", args: { code } }];
        }
        const stats = tools.find(({ name }) => name.startsWith("text-stats"));
        if (results.length === 1 && stats) {
          return ["And once more with a skill. ", { tool: stats.name, args: { text: said } }];
        }
        const [lua, skill] = results.map(textOf);
        return [
          `Lua counted ${lua} words. `,
          skill === undefined ? "No skill was asked." : `The skill says:\n${skill}`,
        ];
      },
    ],
    { loop: true, delayMs: 30 },
  );
}
