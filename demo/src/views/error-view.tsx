import type { LuaSkillsError } from "luaskills-wasm";
import { Icon } from "../parts/icon.tsx";
import { editFile } from "../state/editor.ts";
import { attempt } from "../state/notice.ts";
import { traceParts } from "../state/trace.ts";
import { show } from "../state/view.ts";

const titles: Partial<Record<LuaSkillsError["code"], string>> = {
  aborted: "Stopped",
  deadline_exceeded: "Out of time",
  budget_exceeded: "Out of budget",
  memory_exceeded: "Out of memory",
  lua_error: "Lua error",
  lua_syntax_error: "Lua syntax error",
  invalid_result: "Not a valid result",
  entry_not_found: "No such entry",
};

export function ErrorView({ error }: { readonly error: LuaSkillsError }) {
  return (
    <section class={`outcome failed ${error.code === "aborted" ? "calm" : ""}`} role="alert">
      <h3>
        <Icon name="alert" />
        {titles[error.code] ?? "It did not work"}
        <code>{error.code}</code>
      </h3>
      <p class="error-message">
        <Linked text={withoutTrace(error)} />
      </p>
      {error.luaTraceback && (
        <pre class="trace">
          <Linked text={error.luaTraceback} />
        </pre>
      )}
    </section>
  );
}

/** The traceback is shown on its own. */
function withoutTrace({ message, luaTraceback }: LuaSkillsError): string {
  return luaTraceback ? message.replace(luaTraceback, "").trimEnd() : message;
}

function Linked({ text }: { readonly text: string }) {
  return (
    <>
      {traceParts(text).map(({ text: part, target }, i) =>
        target ? (
          <button
            key={i}
            type="button"
            class="link mono"
            onClick={() =>
              void attempt(async () => {
                await editFile(target.path, target.line);
                show("edit");
              })
            }
          >
            {part}
          </button>
        ) : (
          part
        ),
      )}
    </>
  );
}
