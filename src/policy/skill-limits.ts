/**
 * `grants["skill-id"].limits`: which limits one skill may have of its own.
 * @module
 */
import type { SkillLimits } from "../contract/contract.ts";
import { skillLimitNames } from "../contract/skill-limits.ts";
import { LuaSkillsError } from "../errors.ts";
import { limitValue } from "../limits.ts";

/** An empty Lua state has more than half of it. */
const leastMemory = 4 * 2 ** 20;

const isSkillLimit = (name: string): name is keyof SkillLimits => (skillLimitNames as readonly string[]).includes(name);

/** @throws LuaSkillsError `invalid_argument` naming the limit at `path` */
export function skillLimits(given: unknown, path: string): Partial<SkillLimits> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new LuaSkillsError("invalid_argument", `${path} must be an object of limits`);
  }
  const limits: Partial<Record<keyof SkillLimits, number>> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!isSkillLimit(name)) {
      const known = skillLimitNames.join(", ");
      throw new LuaSkillsError("invalid_argument", `${path}.${name} is not a limit of one skill; known: ${known}`);
    }
    if (value === undefined) continue;
    const limit = limitValue(`${path}.${name}`, value);
    if (name === "vmMemoryBytes" && limit < leastMemory) {
      throw new LuaSkillsError("invalid_argument", `${path}.${name} must be at least ${leastMemory}, got ${limit}`);
    }
    limits[name] = limit;
  }
  return limits;
}
