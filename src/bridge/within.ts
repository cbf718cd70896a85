import path from "node:path";

/** Whether a real path is a folder, or lies in it. The folder may be the whole disk. */
export function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
