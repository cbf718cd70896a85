import { stepCountIs, streamText } from "ai";

/** One line in, one answer out, until the input ends. Calls of tools are shown in brackets. */
export async function chat({ model, tools, lines, write }) {
  const messages = [];
  write("> ");
  for await (const content of lines) {
    messages.push({ role: "user", content });
    const answer = streamText({ model, messages, tools, stopWhen: stepCountIs(8) });
    for await (const part of answer.fullStream) {
      if (part.type === "text-delta") write(part.text);
      if (part.type === "tool-call") write(`[${part.toolName} ${JSON.stringify(part.input)}]\n`);
      if (part.type === "tool-error") write(`[${part.toolName}: ${part.error.message}]\n`);
    }
    messages.push(...(await answer.response).messages);
    write("\n> ");
  }
}
