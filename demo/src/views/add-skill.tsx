import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { closeBelow } from "../state/editor.ts";
import { files } from "../state/files.ts";
import {
  createSkill,
  installPackage,
  installSample,
  library,
  refreshLibrary,
  resetQuestion,
  samples,
  selectSkill,
  skillsDir,
} from "../state/library.ts";
import { progress } from "../state/log.ts";
import { notify } from "../state/notice.ts";
import { addOpen } from "../state/view.ts";

/** Install: drop a zip, paste a URL, or bring a sample back. */
export function AddSkill() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!addOpen.value) return dialog.current?.close();
    setError(undefined);
    dialog.current?.showModal();
  }, [addOpen.value]);

  const install = async (work: () => Promise<string | undefined>) => {
    setBusy(true);
    setError(undefined);
    const before = new Set(library.value?.map((skill) => skill.id));
    try {
      const done = await work();
      await refreshLibrary();
      await files.refresh();
      const added = library.value?.find((skill) => !before.has(skill.id));
      if (added) selectSkill(added.id);
      notify("good", added ? `${added.name} is installed` : (done ?? "Installed"));
      addOpen.value = false;
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      setBusy(false);
    }
  };
  const installFile = (file: File | undefined) => {
    if (file) void install(async () => installPackage({ zip: new Uint8Array(await file.arrayBuffer()) }));
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="add-title" onClose={() => (addOpen.value = false)}>
      <div class="dialog-head">
        <h2 id="add-title">Add a skill</h2>
        <button type="button" class="icon-button small" aria-label="Close" onClick={() => (addOpen.value = false)}>
          <Icon name="close" />
        </button>
      </div>
      <DropZone onFile={installFile} />
      <button
        type="button"
        class="button"
        disabled={busy}
        onClick={() => {
          const id = prompt("The new skill's id: lower-case letters, digits and hyphens", "my-skill");
          if (id) void install(() => createSkill(id).then(() => undefined));
        }}
      >
        New skill
      </button>
      <form
        class="row url-row"
        onSubmit={(event) => {
          event.preventDefault();
          const url = String(new FormData(event.currentTarget).get("url"));
          void install(() => installPackage({ url }));
        }}
      >
        <input name="url" type="url" required placeholder="https://…-skill.zip" aria-label="Address of a package" />
        <button type="submit" class="button" disabled={busy}>
          Install
        </button>
      </form>
      <SampleRows
        disabled={busy}
        onPick={(sample) => {
          const there = library.value?.some(({ id }) => id === sample.id);
          if (there && !confirm(resetQuestion(sample.name))) return;
          void install(async () => {
            closeBelow(`${skillsDir}/${sample.id}`);
            await installSample(sample);
            return `${sample.name} is as it was`;
          });
        }}
      />
      <p class="dialog-status" role="status">
        {busy ? `Installing… ${progress.value}` : ""}
      </p>
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </dialog>
  );
}

function DropZone({ onFile }: { readonly onFile: (file: File | undefined) => void }) {
  const [over, setOver] = useState(false);
  return (
    <label
      class={`drop ${over ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFile(event.dataTransfer?.files[0]);
      }}
    >
      <Icon name="download" />
      <span>
        <strong>Drop a package here</strong> or choose a .zip file
      </span>
      <input
        type="file"
        accept=".zip,application/zip"
        class="visually-hidden"
        onChange={(event) => {
          onFile(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

interface SampleRowsProps {
  readonly disabled: boolean;
  readonly onPick: (sample: (typeof samples.value)[number]) => void;
}

function SampleRows({ disabled, onPick }: SampleRowsProps) {
  const installed = new Set(library.value?.map((skill) => skill.id));
  return (
    <ul class="sample-rows">
      {samples.value.map((sample) => (
        <li key={sample.id}>
          <span>
            <strong>{sample.name}</strong>
            <span class="muted">{sample.summary}</span>
          </span>
          <button type="button" class="button" disabled={disabled} onClick={() => onPick(sample)}>
            {installed.has(sample.id) ? "Reset" : "Add"}
          </button>
        </li>
      ))}
    </ul>
  );
}
