import { createRuntime } from "luaskills-wasm";
import { runAgent } from "./agent.js";

const log = document.querySelector("#log");
const say = (text) => {
  log.textContent += `${text}\n\n`;
};

const runtime = await createRuntime();
if (runtime.list().length === 0) {
  await runtime.skills.install({ url: new URL("/notebook.zip", location.href).href, skillId: "notebook" });
}
say(
  `Skills: ${runtime
    .list()
    .map(({ name }) => name)
    .join(", ")}`,
);

document.querySelector("#ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { endpoint, key, question } = Object.fromEntries(new FormData(event.target));
  const ask = async (messages, tools) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify({ model: "default", messages, tools }),
    });
    if (!response.ok) throw new Error(`the model answered ${response.status}: ${await response.text()}`);
    return (await response.json()).choices[0].message;
  };
  try {
    say(await runAgent(runtime, ask, question, say));
  } catch (error) {
    say(`Failed: ${error.message}`);
  }
});
