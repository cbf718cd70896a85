import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { runtime } from "../../state/engine.ts";
import type { SkillView } from "../../state/library.ts";
import { attempt } from "../../state/notice.ts";

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** What the skill reads with vulcan.config: text by key, kept in the virtual filesystem. */
export function SettingsPanel({ skill }: { readonly skill: SkillView }) {
  const [pairs, setPairs] = useState<readonly Pair[]>([]);
  const load = () => attempt(async () => setPairs(await runtime().config.list(skill.id)));
  useEffect(() => void load(), [skill.id]);
  const change = (work: () => Promise<unknown>) => void attempt(work).then(load);
  return (
    <>
      <p class="run-description">
        Values the skill reads with <code>vulcan.config.get</code>. They are plain text, not a place for secrets.
      </p>
      <ul class="pairs">
        {pairs.map(({ key, value }) => (
          <li key={key} class="pair">
            <label for={`setting-${key}`}>{key}</label>
            <input
              id={`setting-${key}`}
              value={value}
              onChange={(event) => change(() => runtime().config.set(skill.id, key, event.currentTarget.value))}
            />
            <button
              type="button"
              class="icon-button small"
              aria-label={`Delete ${key}`}
              onClick={() => change(() => runtime().config.delete(skill.id, key))}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {pairs.length === 0 && <p class="muted">Nothing is set.</p>}
      <form
        class="pair new-pair"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const data = new FormData(form);
          change(async () => {
            await runtime().config.set(skill.id, String(data.get("key")), String(data.get("value")));
            form.reset();
          });
        }}
      >
        <input name="key" required placeholder="key" aria-label="New key" autocomplete="off" />
        <input name="value" placeholder="value" aria-label="New value" autocomplete="off" />
        <button type="submit" class="icon-button small" aria-label="Add the value">
          <Icon name="plus" />
        </button>
      </form>
    </>
  );
}
