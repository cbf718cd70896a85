import { createRuntime } from "luaskills-wasm";
import { saveFile } from "../parts/save-file.ts";
import { sizeText } from "../parts/size.ts";
import { runtime, runtimeRoot, startEngine } from "./engine.ts";
import { notify } from "./notice.ts";

/** Everything that is stored, databases included, as one file. */
export async function saveBackup(): Promise<void> {
  const backup = await runtime().backup();
  saveFile("luaskills-backup.zip", new Uint8Array(await backup.arrayBuffer()));
}

/** Puts what a backup holds in the place of what is there. Whether it can be restored is seen before anything goes. */
export async function restoreBackup(backup: Blob): Promise<void> {
  const trial = await createRuntime({ storage: "memory", load: false, restore: backup });
  await trial.close();
  const old = runtime();
  for (const name of await old.fs.list(runtimeRoot)) await old.fs.remove(`${runtimeRoot}/${name}`, { recursive: true });
  await old.close();
  await startEngine({ restore: backup });
  notify("good", "The backup is restored");
}

/** Reads everything that is stored and says what is wrong with it. */
export async function checkStore(): Promise<void> {
  const { ok, files, bytes, problems } = await runtime().check();
  if (ok) notify("good", `All is well: ${files} files, ${sizeText(bytes)}`);
  else notify("bad", problems.map(({ path, message }) => `${path}: ${message}`).join("; "));
}
