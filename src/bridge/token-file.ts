import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { LuaSkillsError } from "../errors.ts";
import type { StoredToken, TokenStore } from "./pairing.ts";

/** Where tokens are kept when nothing else is said. */
export function standardTokenFile(env: NodeJS.ProcessEnv = process.env): string {
  const state = env.XDG_STATE_HOME ?? path.join(homedir(), ".local", "state");
  return path.join(state, "luaskills-wasm", "bridge-tokens.json");
}

/** Tokens in a file that only this user can read. It holds hashes: who reads it all the same cannot connect with them. */
export function tokenFile(file: string): TokenStore {
  return {
    load: () => {
      const text = read(file);
      if (text === undefined) return [];
      const tokens = parsed(text);
      if (tokens) return tokens;
      throw new LuaSkillsError("invalid_argument", `${file} is not the token file of a bridge; move it away`);
    },
    save: (tokens) => {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      // Whole or not at all.
      writeFileSync(`${file}.new`, JSON.stringify(tokens), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new LuaSkillsError("storage_error", `${file} cannot be read`, { cause: error });
  }
}

function parsed(text: string): readonly StoredToken[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.every(isToken) ? value : undefined;
}

function isToken(value: unknown): value is StoredToken {
  const { hash, origin, expires } = (value ?? {}) as Partial<StoredToken>;
  return typeof hash === "string" && typeof expires === "number" && (origin === null || typeof origin === "string");
}
