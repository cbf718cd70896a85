/**
 * The network of Lua code: each skill reaches the addresses it was granted, through the one gate. Loaded when the options
 * grant any.
 * @module
 */
import type { EngineOptions, NetworkGrant, NetworkRule } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { networkNotGranted } from "../host/bundle/network/http-functions.ts";
import type { LuaNetwork } from "../host/services.ts";
import type { Limits } from "../limits.ts";
import type { LuaVm } from "../lua/interface.ts";
import { isAllowed } from "../net/allow-list.ts";
import { policedFetch } from "../net/fetch.ts";
import type { Outlet } from "../net/outlet.ts";
import { Secrets } from "../net/secrets.ts";
import type { GrantedAction } from "../policy/grant-source.ts";
import type { Refusal } from "../policy/refusal.ts";

export interface LuaNetworkParts {
  readonly outlet: Outlet;
  readonly limits: Pick<Limits, "downloadBytes">;
  subjectOf(vm: LuaVm): string | null;
  refusal(vm: LuaVm, action: GrantedAction, resource: string, signal: AbortSignal): Promise<Refusal | undefined>;
  isDenied(vm: LuaVm, action: GrantedAction, resource: string): boolean;
  whileWaiting<T>(vm: LuaVm, work: () => Promise<T>): Promise<T>;
}

export interface GrantedNetwork {
  readonly secrets: Secrets | undefined;
  /** Addresses granted to everybody. */
  readonly named: readonly string[];
  forLua(parts: LuaNetworkParts): LuaNetwork;
}

/** @throws LuaSkillsError `invalid_argument` for grants that are no prefixes of addresses, and for secrets */
export function grantedNetwork({ network = {}, secrets }: EngineOptions): GrantedNetwork {
  const rules = new Map(Object.entries(network).map(([skill, grant]) => [skill, checkedRules(skill, grant)]));
  const everybody = rules.get("*");
  return {
    secrets: secrets && new Secrets(secrets),
    named: everybody === true || everybody === undefined ? [] : everybody.map(({ url }) => url),
    forLua: (parts) => ({
      async request(vm, { url, timeoutMs, ...request }) {
        const skill = parts.subjectOf(vm) ?? "";
        const granted = [everybody, rules.get(skill)].filter((each) => each !== undefined);
        if (granted.length === 0 || granted.every((each) => each !== true && each.length === 0)) {
          throw networkNotGranted(url, skill);
        }
        const signal = request.signal ?? new AbortController().signal;
        const refusal = await parts.refusal(vm, "network.request", url, signal);
        if (refusal) {
          throw new LuaSkillsError("permission_denied", refusal.text, { data: { url, skill, grant: refusal.grant } });
        }
        const anywhere = granted.includes(true);
        const named = granted.flatMap((each) => (each === true ? [] : each));
        const policy = {
          allowNetwork: true,
          limits: parts.limits,
          named: named.map((rule) => rule.url),
          ...(anywhere ? {} : { allowed: named.map((rule) => rule.url) }),
          permits: (target: string) => target === url || !parts.isDenied(vm, "network.request", target),
          // The rule with the longest prefix is the one that was meant.
          rule: (target: string) =>
            named.filter((rule) => isAllowed(target, [rule.url])).sort((a, b) => b.url.length - a.url.length)[0],
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        };
        const fetched = () => policedFetch(url, policy, request, parts.outlet);
        // The host's own may call the runtime again.
        return parts.outlet.fetch ? parts.whileWaiting(vm, fetched) : fetched();
      },
    }),
  };
}

function checkedRules(skill: string, granted: NetworkGrant): true | NetworkRule[] {
  if (granted === true) return true;
  const rules = Array.isArray(granted) ? granted.map((each) => (typeof each === "string" ? { url: each } : each)) : [];
  if (Array.isArray(granted) && rules.every(isRule)) return rules;
  throw new LuaSkillsError(
    "invalid_argument",
    `network: the grant of ${JSON.stringify(skill)} must be true or a list of http or https addresses or of ` +
      `{ url, methods, headers }, got ${JSON.stringify(granted)}`,
  );
}

function isRule(rule: unknown): boolean {
  const { url, methods, headers } = (rule ?? {}) as Partial<NetworkRule>;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((each) => typeof each === "string");
  return (
    typeof url === "string" &&
    /^https?:\/\/[^/]/.test(url) &&
    (methods === undefined || texts(methods)) &&
    (headers === undefined || (typeof headers === "object" && headers !== null && texts(Object.values(headers))))
  );
}
