/**
 * Sizes that keep a room readable: one noun a file, few files a folder.
 * @module
 */

const maxLines = 400;
const maxMedian = 90;
const maxFiles = 20;

export interface SizedFile {
  readonly file: string;
  readonly lines: number;
}

/** Of the lines of some files; 0 when there are none. */
export function medianLines(files: readonly SizedFile[]): number {
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** One line for each broken rule. Tests do not count as files of a folder, nor into the median; how long they are does. */
export function shapeProblems(files: readonly SizedFile[]): string[] {
  const sources = files.filter(({ file }) => !/\.(test|suite|property)\.ts$/.test(file));
  const median = medianLines(sources);
  const folders = new Map<string, number>();
  for (const { file } of sources) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [
    ...files
      .filter(({ lines }) => lines > maxLines)
      .map(({ file, lines }) => `${file}: ${lines} lines; split it, one noun a file, at most ${maxLines}`),
    ...[...folders]
      .filter(([, count]) => count > maxFiles)
      .map(([folder, count]) => `${folder}/: ${count} files beside its folders; at most ${maxFiles}`),
    ...(median > maxMedian
      ? [`half of the files have more than ${median} lines; the median is to be at most ${maxMedian}`]
      : []),
  ];
}

/** What only tests use stands in one place: src/testing. */
export function strayHelpers(files: readonly string[]): string[] {
  return files
    .filter((file) => /\/(?:test-|faulty-|fixtures\/|[\w-]+-suite\.ts$)/.test(file) && !file.startsWith("src/testing/"))
    .filter((file) => !/\.(?:test|property)\.ts$/.test(file))
    .map((file) => `${file}: helpers of tests stand in src/testing/`);
}
