import { readFile, writeFile } from "node:fs/promises";
import { exitCodes } from "../../base/error-status.ts";
import type { DatabaseKind, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { textTable } from "../text-table.ts";

interface DbSwitches extends EngineSwitches, CommonSwitches {
  readonly vectors?: boolean;
  readonly export?: string;
  readonly import?: string;
  readonly rows?: number;
}

/** `luaskills-wasm db`: all databases; the tables of one; what a query answers. Only an import writes. */
export async function db(
  run: Run,
  skills: string,
  skill: string | undefined,
  sql: string | undefined,
  switches: DbSwitches,
): Promise<number> {
  const reads = switches.import === undefined;
  return onFolder(run, skills, { ...switches, memory: reads }, async ({ runtime }) => {
    const tell = (value: readonly object[], none?: string) =>
      switches.json ? run.json(value) : run.print(textTable(value, none));
    if (skill === undefined)
      tell(
        (await runtime.databases.list()).map(({ tables: _, ...row }) => row),
        noDatabases,
      );
    else if (switches.export !== undefined) await exportTo(run, runtime, skill, switches.export, kindOf(switches));
    else if (switches.import !== undefined) await importFrom(run, runtime, skill, switches.import, kindOf(switches));
    else if (sql !== undefined) await query(run, runtime, skill, sql, switches);
    else tell(await tables(runtime, skill, kindOf(switches)));
    return exitCodes.ok;
  });
}

const noDatabases =
  "no databases: a skill gets one when skill.yaml says `sqlite: { enable: true }` (or lancedb) and it is loaded";

function kindOf({ vectors }: DbSwitches): DatabaseKind {
  return vectors ? "lancedb" : "sqlite";
}

async function tables(runtime: Runtime, skill: string, kind: DatabaseKind): Promise<object[]> {
  const found = await runtime.databases[kind].tables(skill);
  return found.map(({ columns, ...table }) => ({ ...table, columns: columns.map(({ name }) => name).join(", ") }));
}

async function query(run: Run, runtime: Runtime, skill: string, sql: string, switches: DbSwitches): Promise<void> {
  if (switches.vectors) {
    const { rows } = await runtime.databases.lancedb.rows(skill, sql, { limit: switches.rows ?? 100 });
    if (switches.json) run.json(plain(rows));
    else run.print(textTable(rows));
    return;
  }
  const { columns, rows, truncated } = await runtime.databases.sqlite.query(skill, sql, [], {
    ...(switches.rows === undefined ? {} : { maxRows: switches.rows }),
  });
  if (switches.json) run.json(plain({ columns, rows, truncated }));
  else run.print(textTable(rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])))));
  if (truncated) run.report.info("there are more rows; --rows and a narrower query show them");
}

async function exportTo(run: Run, runtime: Runtime, skill: string, file: string, kind: DatabaseKind): Promise<void> {
  const bytes = await runtime.databases[kind].export(skill);
  await writeFile(file, bytes);
  run.print(`${file}: ${bytes.length} bytes`);
}

async function importFrom(run: Run, runtime: Runtime, skill: string, file: string, kind: DatabaseKind): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new LuaSkillsError("not_found", `${file} cannot be read`, { cause });
  }
  await runtime.databases[kind].import(skill, bytes);
  run.print(`the database of ${skill} is ${file} now`);
}

/** JSON has no big integers and no bytes. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, each: unknown) =>
      typeof each === "bigint"
        ? String(each)
        : each instanceof Uint8Array
          ? Buffer.from(each).toString("base64")
          : each,
    ),
  );
}
