/**
 * Lets a model use skills as tools until it answers.
 * @param {import("luaskills-wasm").Runtime} runtime
 * @param {(messages: object[], tools: object[]) => Promise<{ content: string | null, tool_calls?: { id: string, function: { name: string, arguments: string } }[] }>} ask
 */
export async function runAgent(runtime, ask, question, onStep) {
  const tools = runtime.list().map(({ name, description, inputSchema }) => ({
    type: "function",
    function: { name, description, parameters: inputSchema },
  }));
  const messages = [{ role: "user", content: question }];
  for (let turn = 0; turn < 10; turn++) {
    const answer = await ask(messages, tools);
    messages.push({ role: "assistant", ...answer });
    if (!answer.tool_calls?.length) return answer.content ?? "";
    for (const { id, function: wanted } of answer.tool_calls) {
      const content = await callSkill(runtime, wanted);
      onStep(`${wanted.name}(${wanted.arguments})\n${content}`);
      messages.push({ role: "tool", tool_call_id: id, content });
    }
  }
  return "The model did not come to an answer within 10 turns.";
}

/** A failed skill is an answer too: the model reads the message and tries something else. */
async function callSkill(runtime, { name, arguments: text }) {
  try {
    const { content } = await runtime.call(name, JSON.parse(text || "{}"), { timeoutMs: 10_000 });
    return content;
  } catch (error) {
    return `error: ${error.message}`;
  }
}
