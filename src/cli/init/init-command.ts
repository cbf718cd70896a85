import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { identifierComplaint, isIdentifier } from "../../skills/manifest/identifiers.ts";
import type { Run } from "../run.ts";
import { usageError } from "../usage-error.ts";
import { commonFiles } from "./common-files.ts";
import { displayName, type InitAnswers, type InitSwitches } from "./init-answers.ts";
import { templates } from "./templates/templates.ts";

/** `luaskills-wasm init`: asks for what was not given, on a terminal. */
export async function init(run: Run, folder: string | undefined, switches: InitSwitches): Promise<number> {
  const talks = process.stdin.isTTY && process.stdout.isTTY && !switches.yes;
  const asked = talks ? await (await import("./ask.ts")).askInit(folder, switches) : given(folder, switches);
  if (asked === undefined) return exitCodes.aborted;
  const place = path.resolve(asked.folder);
  const files = newSkill(place, asked);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(place, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const shown = path.relative(process.cwd(), place) || ".";
  run.report.info(`${Object.keys(files).length} files in ${shown}; next:`);
  const enter = shown === "." ? "" : `cd ${shown} && `;
  run.report.info(`  ${enter}npx luaskills-wasm check && npx luaskills-wasm test`);
  return exitCodes.ok;
}

function given(folder: string | undefined, { template = "minimal", name }: InitSwitches): InitAnswers {
  if (folder === undefined) throw usageError("init needs a folder: luaskills-wasm init my-skill");
  return { folder, template, name };
}

/** The files of the new skill. @throws LuaSkillsError `invalid_argument` | `conflict` */
function newSkill(place: string, { template, name }: InitAnswers): Readonly<Record<string, string>> {
  const id = path.basename(place);
  if (!isIdentifier(id)) {
    throw usageError(`${JSON.stringify(id)} cannot be a skill's id: ${identifierComplaint("skill directory name")}`);
  }
  const chosen = Object.hasOwn(templates, template) ? templates[template] : undefined;
  if (chosen === undefined) {
    throw usageError(
      `there is no template ${JSON.stringify(template)}; the templates are ${Object.keys(templates).join(", ")}`,
    );
  }
  const kind = statSync(place, { throwIfNoEntry: false });
  if (kind && !kind.isDirectory()) throw usageError(`${place} is a file; name a folder that is new or empty`);
  const there = kind ? readdirSync(place).filter((each) => each !== ".git") : [];
  if (there.length > 0) {
    const held = there.slice(0, 3).join(", ");
    throw new LuaSkillsError("conflict", `${place} is not empty: it holds ${held}. Name a folder that is new or empty`);
  }
  const names = { id, name: name ?? displayName(id) };
  return { ...commonFiles(names), ...chosen.files(names) };
}
