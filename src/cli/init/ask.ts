import path from "node:path";
import { cancel, group, intro, select, text } from "@clack/prompts";
import { identifierComplaint, isIdentifier } from "../../skills/manifest/identifiers.ts";
import { displayName, type InitAnswers, type InitSwitches } from "./init-answers.ts";
import { templates } from "./templates/templates.ts";

/** Undefined: the user has left. */
export async function askInit(folder: string | undefined, switches: InitSwitches): Promise<InitAnswers | undefined> {
  intro("A new skill");
  let left = false;
  const answers = await group(
    {
      folder: async () =>
        folder ??
        text({
          message: "Folder; its name is the skill's id",
          placeholder: "my-skill",
          defaultValue: "my-skill",
          validate: (given) => {
            const id = path.basename(path.resolve(given || "my-skill"));
            return isIdentifier(id) ? undefined : identifierComplaint("it");
          },
        }),
      template: async () =>
        switches.template ??
        select({
          message: "Template",
          options: Object.entries(templates).map(([value, { about }]) => ({ value, label: value, hint: about })),
        }),
      name: async ({ results }) => {
        const usual = displayName(path.basename(path.resolve(String(results.folder))));
        return switches.name ?? text({ message: "Display name", placeholder: usual, defaultValue: usual });
      },
    },
    {
      onCancel: () => {
        left = true;
        cancel("Nothing was written");
      },
    },
  );
  if (left) return undefined;
  return { folder: String(answers.folder), template: String(answers.template), name: String(answers.name) };
}
