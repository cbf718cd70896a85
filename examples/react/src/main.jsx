import { createRuntime } from "luaskills-wasm";
import { RuntimeProvider, useEntries, useSkill } from "luaskills-wasm/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const skills = import.meta.glob("./skills/**/*", { query: "?raw", import: "default" });

function Todo() {
  const [text, setText] = useState("");
  const add = useSkill("todo-add");
  const entries = useEntries();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add.call({ text });
      }}
    >
      <input value={text} onChange={(event) => setText(event.target.value)} placeholder="What is to be done" />
      <button type="submit" disabled={add.running || entries.length === 0}>
        Add
      </button>
      <output>{add.error ? add.error.message : add.result?.content}</output>
    </form>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <RuntimeProvider create={() => createRuntime({ skills, storage: "memory" })}>
      <Todo />
    </RuntimeProvider>
  </StrictMode>,
);
