/**
 * The skills of the folder that `luaskills-wasm dev` was started on, as its server tells of them: one line of JSON now, and
 * one more with every change of a file.
 * @module
 */

/** Path below the folder → content. */
export type SkillFiles = ReadonlyMap<string, Uint8Array>;

/** Calls back with the files, now and whenever they have changed. Resolves when the command has ended. @throws Error */
export async function followFolder(changed: (files: SkillFiles) => Promise<void>): Promise<void> {
  // What stands behind # is never sent by itself: no server and no other page learns the token.
  const response = await fetch("/dev/skills", { headers: { authorization: `Bearer ${location.hash.slice(1)}` } });
  if (response.status === 401) throw new Error("This page needs the whole address that the command has printed.");
  if (!response.ok || !response.body) throw new Error(`The command answers ${response.status}.`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    // A connection that breaks is that of a command that was ended.
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    const last = lines.at(-1);
    // Of several changes at once the last one counts.
    if (last) await changed(read(JSON.parse(last) as Record<string, string>));
  }
}

function read(encoded: Readonly<Record<string, string>>): SkillFiles {
  return new Map(
    Object.entries(encoded).map(([path, base64]) => [path, Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]),
  );
}
