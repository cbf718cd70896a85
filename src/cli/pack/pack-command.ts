import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { readManifestFile } from "../../skills/manifest/file.ts";
import { loadYaml } from "../../skills/yaml/parser.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { checkFolder, tellFindings } from "../check/check-command.ts";
import { packaged } from "../check/package-faults.ts";
import { lookInto } from "../folder/look-into.ts";
import { skillFiles } from "../folder/skill-files.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { zipFiles } from "./zip.ts";

interface PackSwitches extends CommonSwitches {
  readonly out: string;
  readonly force?: boolean;
}

/** `luaskills-wasm pack`: the same files make the same bytes. */
export async function pack(run: Run, skills: string | undefined, switches: PackSwitches): Promise<number> {
  const folder = lookInto(run, skills);
  const findings = await checkFolder(folder);
  const broken = [...findings.values()].flat().some(({ severity }) => severity === "error");
  if (broken) {
    tellFindings((text) => run.report.note(text), folder, findings, true);
    if (!switches.force) {
      run.report.note("nothing was packed; --force packs it all the same");
      return exitCodes.skillFailed;
    }
  }
  await mkdir(switches.out, { recursive: true });
  const packed = [];
  for (const id of folder.skillIds) {
    const files = skillFiles(path.join(folder.skillsDir, id));
    const version = await versionOf(id, files);
    const inside = new Map(
      [...files].filter(([name]) => packaged.test(name)).map(([name, bytes]) => [`${id}/${name}`, bytes]),
    );
    const zip = zipFiles(inside, 6);
    const file = path.join(switches.out, `${id}-v${version}-skill.zip`);
    // Whoever reads the folder meanwhile sees a whole package or none.
    await writeFile(`${file}.part`, zip);
    await rename(`${file}.part`, file);
    const sha256 = createHash("sha256").update(zip).digest("hex");
    packed.push({ skillId: id, version, file, files: inside.size, bytes: zip.length, sha256 });
  }
  if (switches.json) run.json(packed);
  else
    for (const each of packed)
      run.print(`${each.file}  ${each.files} files, ${each.bytes} bytes, sha256 ${each.sha256}`);
  return exitCodes.ok;
}

async function versionOf(id: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  await loadYaml();
  const { fs } = new MemoryStore();
  fs.mkdir("/skill", { recursive: true });
  const text = files.get("skill.yaml");
  if (text !== undefined) fs.writeFile("/skill/skill.yaml", text);
  const value = readManifestFile(fs, "/skill")?.value;
  const version = value instanceof Map ? value.get("version") : undefined;
  if (typeof version === "string" && /^[\w.+-]+$/.test(version.trim())) return version.trim();
  throw new LuaSkillsError("invalid_manifest", `${id}/skill.yaml: version is no version that could name a package`);
}
