/**
 * Secrets that programs use and never see: they write a placeholder, the gate puts the value in for the hosts it belongs to.
 * @module
 */
import { bytesToLatin1, latin1ToBytes } from "../base/bytes/latin1.ts";
import type { SecretOptions } from "../contract/network.ts";
import { LuaSkillsError } from "../errors.ts";

/** What Lua reads instead of the secret. */
export const placeholderOf = (name: string): string => `{{secret:${name}}}`;
const placeholders = /\{\{secret:([A-Za-z_][A-Za-z0-9_]*)\}\}/g;
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

interface Secret {
  readonly name: string;
  readonly value: string;
  readonly hosts: readonly string[];
}

export class Secrets {
  readonly #secrets: ReadonlyMap<string, Secret>;

  /** @throws LuaSkillsError `invalid_argument` naming the secret; never with its value */
  constructor(given: Readonly<Record<string, SecretOptions>>) {
    this.#secrets = new Map(Object.entries(given).map(([name, options]) => [name, checked(name, options)]));
  }

  /** Name → placeholder. */
  get placeholders(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#secrets.keys()].map((name) => [name, placeholderOf(name)]));
  }

  /** The text with values for placeholders. @throws LuaSkillsError `permission_denied` for a host the secret is not for */
  reveal(text: string, url: URL): string {
    return text.replace(placeholders, (whole, name: string) => {
      const secret = this.#secrets.get(name);
      if (secret === undefined) return whole;
      if (secret.hosts.some((host) => covers(host, url))) return secret.value;
      throw new LuaSkillsError(
        "permission_denied",
        `the secret ${name} is not for ${url.origin}: the host names where it goes with secrets.${name}.hosts`,
        { data: { secret: name, origin: url.origin } },
      );
    });
  }

  /** The text with placeholders for values. */
  mask(text: string): string {
    let out = text;
    for (const { name, value } of this.#secrets.values()) {
      for (const form of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])) {
        out = out.replaceAll(form, placeholderOf(name));
      }
    }
    return out;
  }

  /** An answer may carry what was sent. */
  maskBytes(bytes: Uint8Array): Uint8Array {
    // One character a byte, so that what is not text stays as it is.
    const text = bytesToLatin1(bytes);
    let masked = text;
    for (const { name, value } of this.#secrets.values()) {
      const form = bytesToLatin1(new TextEncoder().encode(value));
      masked = masked.replaceAll(form, placeholderOf(name));
    }
    return masked === text ? bytes : latin1ToBytes(masked);
  }
}

/** A host name, `*.example.com` for those below it, for https; or an origin such as `http://127.0.0.1:8080`. */
function covers(pattern: string, url: URL): boolean {
  if (pattern.includes("://")) return new URL(pattern).origin === url.origin;
  if (url.protocol !== "https:") return false;
  const host = pattern.toLowerCase();
  if (!host.startsWith("*.")) return url.hostname === host || url.host === host;
  const ending = host.slice(1);
  return url.hostname.endsWith(ending) || url.host.endsWith(ending);
}

function checked(name: string, options: SecretOptions): Secret {
  const refuse = (text: string) => new LuaSkillsError("invalid_argument", `secrets.${name}: ${text}`);
  if (!namePattern.test(name)) throw refuse("a name is letters, digits and _");
  const { value, hosts } = (options ?? {}) as Partial<SecretOptions>;
  if (typeof value !== "string" || value.length < 4) throw refuse("value must be a text of at least 4 characters");
  const texts = Array.isArray(hosts) && hosts.length > 0 && hosts.every((host) => typeof host === "string");
  if (!texts || !hosts.every(isHost)) {
    throw refuse('hosts must be a list of host names such as "api.example.com" or "*.example.com", or of origins');
  }
  return { name, value, hosts };
}

function isHost(host: string): boolean {
  try {
    if (host.includes("://")) return new URL(host).origin === host.replace(/\/$/, "");
    return /^(?:\*\.)?[^*/:@\s]+(?::\d+)?$/.test(host) && new URL(`https://${host.replace("*.", "")}`).hostname !== "";
  } catch {
    return false;
  }
}
