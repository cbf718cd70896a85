import { type CheckedManifest, missingFile } from "./checked-manifest.ts";
import { error, type Finding } from "./finding.ts";

/** Help pages of a manifest that are not there. */
export function helpFaults({ manifest, files, position }: CheckedManifest): Finding[] {
  const { main, topics } = manifest.help;
  const pages = [
    { ...main, keys: ["help", "main", "file"], label: "help main" },
    ...topics.map((topic, at) => ({
      ...topic,
      keys: ["help", "topics", at, "file"],
      label: `help topic ${topic.name}`,
    })),
  ];
  return pages
    .filter((page) => page.file.trim() !== "")
    .flatMap((page) => {
      const missing = missingFile(files, page.file, "help");
      return missing === undefined ? [] : [error("skill.yaml", `${page.label}: ${missing}`, position(page.keys))];
    });
}
