/**
 * The script of the process in which the bridge runs the system's SQLite (src/bridge/services/databases/sqlite).
 * @module
 */
import { messageOf } from "../src/base/message-of.ts";
import { SerialQueue } from "../src/base/serial-queue.ts";
import { NativeSqlite } from "../src/bridge/services/databases/sqlite/native-sqlite.ts";
import type {
  SqliteAnswer,
  SqliteRequest,
  SqliteSetup,
} from "../src/bridge/services/databases/sqlite/sqlite-process.ts";
import { LuaSkillsError } from "../src/errors.ts";
import { installedJieba } from "../src/platforms/node/jieba.ts";

const setup = JSON.parse(process.argv[2] ?? "{}") as SqliteSetup;
let sqlite: NativeSqlite | undefined;
const queue = new SerialQueue();

async function answer({ id, path, action, input }: SqliteRequest): Promise<SqliteAnswer> {
  try {
    sqlite ??= new NativeSqlite({ ...setup, jieba: installedJieba() });
    return { id, value: await sqlite.call(path, action, input) };
  } catch (error) {
    const isMissing = error instanceof LuaSkillsError && error.code === "capability_unavailable";
    return { id, error: messageOf(error), code: isMissing ? "capability_unavailable" : "bridge_error" };
  }
}

// One after the other, as in the order of the calls: a wait for a part to load must let nothing overtake.
process.on("message", (request) => {
  void queue.run(async () => process.send?.(await answer(request as SqliteRequest)));
});
process.on("disconnect", () => process.exit());
