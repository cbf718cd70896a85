import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Every file below a folder: path → bytes, as `createRuntime({ skills })` takes them. */
export async function skillFiles(folder) {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file)])),
  );
}
