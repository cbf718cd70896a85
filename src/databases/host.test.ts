import { describe, expect, it } from "vitest";
import type { HostCallbacks, JsonObject, LogEvent } from "../contract/contract.ts";
import type { LoadedSkill } from "../skills/types.ts";
import { DatabaseHost, type DatabaseHostOptions } from "./host.ts";
import type { DatabaseProvider } from "./provider.ts";

const context = { signal: new AbortController().signal };

function skill(skillId: string, settings: Partial<LoadedSkill["manifest"]["sqlite"]> = {}): LoadedSkill {
  const database = {
    enable: true,
    logLevel: "info",
    slowLogEnabled: true,
    slowLogThresholdMs: 500,
    ...settings,
  } as const;
  return {
    skillId,
    dir: `/runtime/skills/${skillId}`,
    root: { name: "ROOT", skills_dir: "/runtime/skills" },
    runtimeRoot: "/runtime",
    manifest: { name: skillId, sqlite: database, lancedb: database } as unknown as LoadedSkill["manifest"],
    deps: { tools: "", lua: "", ffi: "" },
  };
}

function host(options: Partial<DatabaseHostOptions> = {}) {
  const log: LogEvent[] = [];
  let now = 0;
  const made = new DatabaseHost({
    kind: "sqlite",
    mode: "dynamic_library",
    callbackMode: "standard",
    callbacks: {},
    clock: { now: () => now },
    log: (event) => log.push(event),
    ...options,
  });
  return { host: made, log, pass: (ms: number) => (now += ms) };
}

function recordingProvider() {
  const calls: string[] = [];
  const provider: DatabaseProvider = {
    register: (binding) => void calls.push(`register ${binding.skill_id}`),
    call: (binding, method) => {
      calls.push(`${binding.skill_id}.${method}`);
      if (method === "fail") throw new Error("no such table");
      return { method };
    },
    status: () => ({ library_name: "test" }),
    info: () => ({ library_info: { name: "test" } }),
    closeAll: () => void calls.push("closeAll"),
  };
  return { calls, provider };
}

describe("bindings over loads", () => {
  it("answers for candidates at once, keeps what is adopted, and gives back what a failed load had bound", async () => {
    const { calls, provider } = recordingProvider();
    const { host: databases } = host({ embedded: async () => provider });
    await databases.bind(skill("a"), "/runtime/databases");
    await databases.bind(skill("off", { enable: false }), "/runtime/databases");
    expect([databases.enabled("a"), databases.enabled("off")]).toEqual([true, false]);
    databases.adopt(["a", "off"], "load");
    await databases.bind(skill("b"), "/elsewhere");
    databases.discard();
    expect([databases.enabled("a"), databases.enabled("b")]).toEqual([true, false]);
    await databases.bind(skill("b"), "/runtime/databases");
    databases.adopt(["a", "b"], "load");
    expect([databases.enabled("a"), databases.enabled("b")]).toEqual([true, true]);
    expect(calls).not.toContain("closeAll");
    await databases.bind(skill("b"), "/runtime/databases");
    databases.adopt(["b"], "reload");
    expect([databases.enabled("a"), databases.enabled("b")]).toEqual([false, true]);
    expect(calls.at(-1)).toBe("closeAll");
    expect(() => databases.status("a")).toThrow("current skill has not enabled sqlite");
  });

  it("tells the status of databases.md §6.2", async () => {
    const { host: databases } = host({ embedded: async () => recordingProvider().provider });
    await databases.bind(skill("a"), "/runtime/databases");
    expect(databases.info("a")).toEqual({
      enabled: true,
      initialized: true,
      skill_name: "a",
      skill_dir_name: "a",
      database_path: "/runtime/databases/sqlite/a/a.sqlite3",
      integration_mode: "dynamic_library",
      library_path: "",
      library_name: "test",
      library_info: { name: "test" },
      space_label: "ROOT",
      root_name: "ROOT",
      binding_tag: "ROOT-a",
      space_root: "/runtime/databases",
      default_database_path: "/runtime/databases/sqlite/a/a.sqlite3",
      log_level: "info",
      slow_log_enabled: true,
      slow_log_threshold_ms: 500,
    });
  });
});

describe("modes", () => {
  const bind = (options: Partial<DatabaseHostOptions>) => host(options).host.bind(skill("a"), "/d");

  it("refuse what is not there with the texts of §4.1 and §14", async () => {
    await expect(bind({ mode: "host_callback" })).rejects.toThrow(
      /^Failed to initialize SQLite skill host: SQLite host-callback mode is enabled but no standard callback is registered$/,
    );
    await expect(bind({ mode: "host_callback", callbackMode: "json", kind: "lancedb" })).rejects.toThrow(
      /LanceDB .* no json callback/,
    );
    await expect(bind({ mode: "space_controller" })).rejects.toThrow(
      /^Failed to register SQLite for skill a: space_controller mode is not available in this build$/,
    );
    await expect(bind({})).rejects.toThrow(/an embedded SQLite store is not available/);
  });

  it("capture the callback when the engine is made", async () => {
    const callbacks: { -readonly [K in keyof HostCallbacks]: HostCallbacks[K] } = {};
    const late = host({ mode: "host_callback", callbacks });
    callbacks.sqliteProvider = () => 1;
    await expect(late.host.bind(skill("a"), "/d")).rejects.toThrow(/no standard callback/);
  });

  it("json takes text or values, and names what is wrong with the text", async () => {
    const answers: unknown[] = ['{"rows":[1]}', { rows: [2] }, "", "{"];
    const requests: JsonObject[] = [];
    const callbacks: HostCallbacks = {
      sqliteProvider: (request) => {
        requests.push(request);
        return answers.shift() as string;
      },
    };
    const { host: databases, log } = host({ mode: "host_callback", callbackMode: "json", callbacks });
    await databases.bind(skill("a"), "/d");
    const query = () => databases.call("a", "query_json", '{"sql":"x"}', context);
    expect(query()).toEqual({ rows: [1] });
    expect(query()).toEqual({ rows: [2] });
    expect(query).toThrow("json host provider callback returned empty response_out");
    expect(query).toThrow(/^failed to parse sqlite provider response json: /);
    expect(requests[0]).toMatchObject({
      action: "query_json",
      input: { sql: "x" },
      binding: { binding_tag: "ROOT-a" },
    });
    expect(log).toEqual([]);
  });

  it("lancedb bytes are decoded whatever the action", async () => {
    const callbacks: HostCallbacks = { lancedbProvider: async () => ({ meta: { a: 1 }, data_base64: "A" }) };
    const { host: databases } = host({ kind: "lancedb", mode: "host_callback", callbackMode: "json", callbacks });
    await databases.bind(skill("a"), "/d");
    await expect(databases.call("a", "drop_table", '{"table_name":"t"}', context)).rejects.toThrow(
      /^failed to decode lancedb provider data_base64: /,
    );
  });
});

describe("the log of §17", () => {
  it("has info before, slow after, and warnings, as the skill's settings say", async () => {
    const { provider } = recordingProvider();
    const slow: DatabaseProvider = {
      ...provider,
      call(...args) {
        pass(600);
        return provider.call(...args);
      },
    };
    const { host: databases, log, pass } = host({ embedded: async () => slow });
    await databases.bind(skill("a"), "/d");
    await databases.bind(skill("quiet", { logLevel: "off", slowLogEnabled: false }), "/d");
    databases.call("a", "query_json", "{}", context);
    expect(() => databases.call("a", "fail", "{}", context)).toThrow("no such table");
    expect(() => databases.call("quiet", "fail", "{}", context)).toThrow("no such table");
    expect(log.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info [Sqlite:info] skill=a db=a op=query_json",
      "info [Sqlite:slow] skill=a db=a op=query_json elapsed_ms=600",
      "info [Sqlite:info] skill=a db=a op=fail",
      "warn [Sqlite:warn] skill=a db=a op=fail message=no such table",
    ]);
  });
});
