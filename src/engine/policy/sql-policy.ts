/**
 * What the SQL of each skill may do, and how large its database may be. Loaded with SQLite.
 * @module
 */
import { basename } from "../../base/paths.ts";
import { type SqlAction, sqlRefusal } from "../../policy/sql-rules.ts";
import type { EnginePolicy } from "./engine-policy.ts";

/** `own`: the path of the database of the skill that asks. */
export interface SqlPolicy {
  /** Whether it may open the file at `path` through SQL. */
  mayOpen(own: string, path: string): boolean;
  /** The text of a refusal; undefined when it is allowed. */
  decideSql(own: string, action: SqlAction, resource: string, hasValue: boolean): string | undefined;
  /** Bytes of the database at that path; 0: no limit. */
  maxDatabaseBytes(own: string): number;
}

export function sqlPolicy(policy: EnginePolicy): SqlPolicy {
  return {
    mayOpen(own, path) {
      const skill = skillOf(own);
      const allowed = (policy.filesOf(skill)?.access(path) ?? "write") === "write";
      if (!allowed) policy.report({ skill, action: "file.write", resource: path }, "deny", "files");
      return allowed;
    },
    decideSql(own, action, resource, hasValue) {
      const refusal = sqlRefusal(action, resource, hasValue);
      if (refusal !== undefined) policy.report({ skill: skillOf(own), action, resource }, "deny", "default");
      return refusal;
    },
    maxDatabaseBytes: (own) => policy.limitsOf(skillOf(own)).skillDatabaseBytes,
  };
}

const skillOf = (own: string): string => basename(own).replace(/\.sqlite3$/, "");
