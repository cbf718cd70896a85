/**
 * `tar`: create, list and extract; gzip with `z` or by the archive's name.
 * @module
 */

import { gzipSync } from "fflate";
import type { CommandContext } from "just-bash/browser";
import { packTar, type TarEntry, unpackTar } from "modern-tar";
import { concatBytes } from "../../../base/bytes/concat-bytes.ts";
import { latin1ToBytes } from "../../../base/bytes/latin1.ts";
import { isInside, join } from "../../../base/paths.ts";
import { gunzip } from "../gunzip.ts";
import { answer, bytesAnswer, reasonOf, type ShellCommand } from "./command.ts";
import { type TarOptions, TarUsage, tarOptions } from "./tar-options.ts";

type Context = Pick<CommandContext, "fs" | "cwd" | "stdin">;

export const tarCommand: ShellCommand = {
  name: "tar",
  execute: async (args, context) => {
    try {
      const options = tarOptions(args);
      if (options.mode === "create") return await create(options, context);
      return await unpack(options, context);
    } catch (thrown) {
      return answer({ stderr: `tar: ${reasonOf(thrown)}\n`, exitCode: thrown instanceof TarUsage ? 64 : 2 });
    }
  },
};

async function create(options: TarOptions, context: Context) {
  const { fs, cwd } = context;
  const base = fs.resolvePath(cwd, options.directory);
  const entries: TarEntry[] = [];
  const names: string[] = [];
  let failed = "";
  const add = async (name: string): Promise<void> => {
    const path = fs.resolvePath(base, name);
    if (options.excluded(name)) return;
    const stat = await fs.stat(path);
    // An archive holds no absolute name: unpacked, it stays where it is unpacked.
    const kept = name.replace(/^\/+/, "") || "./";
    const common = { mode: stat.mode & 0o777, mtime: stat.mtime };
    if (stat.isDirectory) {
      const folder = kept.endsWith("/") ? kept : `${kept}/`;
      names.push(folder);
      entries.push({ header: { name: folder, size: 0, type: "directory", ...common } });
      for (const inner of await fs.readdir(path)) await add(name.endsWith("/") ? name + inner : `${name}/${inner}`);
      return;
    }
    const body = await fs.readFileBuffer(path);
    names.push(kept);
    entries.push({ header: { name: kept, size: body.length, type: "file", ...common }, body });
  };
  if (options.members.length === 0) throw new TarUsage("Cowardly refusing to create an empty archive");
  for (const member of options.members) {
    try {
      await add(member);
    } catch (thrown) {
      failed += `tar: ${member}: Cannot stat: ${reasonOf(thrown)}\n`;
    }
  }
  const packed = await packTar(entries);
  const archive = options.gzip || /\.t?gz$/.test(options.archive) ? gzipSync(packed) : packed;
  const listed = options.verbose ? names.map((name) => `${name}\n`).join("") : "";
  const last = failed === "" ? "" : `${failed}tar: Exiting with failure status due to previous errors\n`;
  if (options.archive === "-") return { ...bytesAnswer(archive), stderr: listed + last, exitCode: failed ? 2 : 0 };
  await fs.writeFile(fs.resolvePath(cwd, options.archive), archive);
  return answer({ stdout: listed, stderr: last, exitCode: failed === "" ? 0 : 2 });
}

async function unpack(options: TarOptions, { fs, cwd, stdin }: Context) {
  const raw =
    options.archive === "-"
      ? latin1ToBytes(String(stdin))
      : await fs.readFileBuffer(fs.resolvePath(cwd, options.archive));
  const isGzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const entries = await unpackTar(isGzip ? gunzip(raw) : raw, { strip: options.strip });
  const base = fs.resolvePath(cwd, options.directory);
  const left = new Set(options.members);
  let listed = "";
  let failed = "";
  for (const { header, data } of entries) {
    const { name, type } = header;
    const wanted = options.members.find((member) => isInside(join("/", name), join("/", member)));
    if ((options.members.length > 0 && wanted === undefined) || options.excluded(name)) continue;
    if (wanted !== undefined) left.delete(wanted);
    listed += `${name}\n`;
    if (options.mode === "list") continue;
    const path = fs.resolvePath(base, name.replace(/^\/+/, ""));
    if (!isInside(path, base)) {
      failed += `tar: ${name}: Member name contains '..'\n`;
    } else if (type === "directory") {
      await fs.mkdir(path, { recursive: true });
    } else if (type === undefined || type === "file") {
      if (options.toStdout) continue;
      await fs.mkdir(path.slice(0, path.lastIndexOf("/")) || "/", { recursive: true });
      await fs.writeFile(path, data ?? new Uint8Array(0));
      if ((header.mode ?? 0) & 0o111) await fs.chmod(path, header.mode ?? 0o755);
    } else {
      failed += `tar: ${name}: Cannot create ${type}: Operation not permitted\n`;
    }
  }
  for (const member of left) failed += `tar: ${member}: Not found in archive\n`;
  const exitCode = failed === "" ? 0 : 2;
  if (options.toStdout && options.mode === "extract") {
    const files = entries.filter(({ header }) => listed.includes(`${header.name}\n`) && header.type !== "directory");
    return {
      ...bytesAnswer(concatBytes(files.map(({ data }) => data ?? new Uint8Array(0)))),
      stderr: failed,
      exitCode,
    };
  }
  return answer({ stdout: options.mode === "list" || options.verbose ? listed : "", stderr: failed, exitCode });
}
