import assert from "node:assert/strict";
import { type ConnectOptions, connectRuntime } from "../../../src/http/client/connect-runtime.ts";
import { zipSkill } from "../zip-skill.ts";

/** What a client of any of the servers would do first: be refused, then install a sample skill and use it. */
export async function useServer(
  url: string,
  token: string,
  options: Pick<ConnectOptions, "fetch"> = {},
): Promise<void> {
  await assert.rejects(connectRuntime(url, options), { code: "permission_denied" });
  const runtime = await connectRuntime(url, { ...options, headers: { authorization: `Bearer ${token}` } });
  await runtime.skills.install({ zip: await zipSkill("demo/skills/notebook"), skillId: "notebook" });
  const added = await runtime.call("notebook-add", { title: "Coffee", text: "beans #shopping" });
  assert.match(added.content, /Saved as \*\*coffee\*\*/);
  assert.match((await runtime.call("notebook-list", { tag: "shopping" })).content, /Coffee/);
  await runtime.close();
}
