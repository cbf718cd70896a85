/**
 * The network of Lua code: each skill reaches the addresses it was granted, through the one gate.
 * @module
 */
import type { EngineOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { LuaNetwork } from "../host/services.ts";
import type { Limits } from "../limits.ts";
import type { LuaVm } from "../lua/interface.ts";
import type { HttpFetch } from "../net/interface.ts";

export interface LuaNetworkParts {
  readonly grants: NonNullable<EngineOptions["network"]>;
  readonly fetch: HttpFetch | undefined;
  readonly limits: Pick<Limits, "downloadBytes">;
  subjectOf(vm: LuaVm): string | null;
}

/** @throws LuaSkillsError `invalid_argument` for grants that are no prefixes of addresses */
export function luaNetwork({ grants, fetch, limits, subjectOf }: LuaNetworkParts): LuaNetwork {
  for (const [skill, granted] of Object.entries(grants)) checkGrant(skill, granted);
  return {
    async request(vm, { url, timeoutMs, ...request }) {
      const skill = subjectOf(vm) ?? "";
      const own = Object.hasOwn(grants, skill) ? grants[skill] : undefined;
      const granted = [grants["*"], own].filter((each) => each !== undefined);
      const anywhere = granted.includes(true);
      const allowed = granted.flatMap((each) => (each === true ? [] : each));
      if (!anywhere && allowed.length === 0) {
        throw new LuaSkillsError(
          "permission_denied",
          `the network is not granted to ${skill === "" ? "this code" : `the skill ${skill}`}: ${url}. The host grants it with ` +
            `createRuntime({ network: { ${JSON.stringify(skill === "" ? "*" : skill)}: ["https://host/"] } })`,
          { data: { url, skill } },
        );
      }
      const policy = {
        allowNetwork: true,
        limits,
        ...(anywhere ? {} : { allowed }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      };
      const { policedFetch } = await import("../net/fetch.ts");
      return policedFetch(url, policy, request, fetch);
    },
  };
}

function checkGrant(skill: string, granted: true | readonly string[]): void {
  const isGood =
    granted === true ||
    (Array.isArray(granted) &&
      granted.every((each: unknown) => typeof each === "string" && /^https?:\/\/[^/]/.test(each)));
  if (isGood) return;
  throw new LuaSkillsError(
    "invalid_argument",
    `network: the grant of ${JSON.stringify(skill)} must be true or a list of http or https addresses, got ${JSON.stringify(granted)}`,
  );
}
