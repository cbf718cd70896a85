/**
 * Pairing: a code shown in the bridge's terminal becomes a token that the page keeps. A code works once, for a while, and for
 * a few tries; a token is bound to the origin that paired.
 * @module
 */
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { LuaSkillsError } from "../errors.ts";

/** No letter or digit that can be taken for another. */
const alphabet = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const codeLength = 8;
const codeLifeMs = 10 * 60_000;
const mostTries = 5;
const tokenLifeMs = 30 * 24 * 3600_000;
const mostTokens = 100;

export interface StoredToken {
  /** SHA-256 of the token, base64url: the file that holds it lets nobody in. */
  readonly hash: string;
  /** Null for a native client. */
  readonly origin: string | null;
  readonly expires: number;
}

export interface TokenStore {
  load(): readonly StoredToken[];
  save(tokens: readonly StoredToken[]): void;
}

export class Pairing {
  #code: { readonly text: string; readonly expires: number; tries: number } | undefined;
  #tokens: StoredToken[];

  constructor(
    private readonly store: TokenStore,
    /** Shows a new code to whoever sits at the terminal. */
    private readonly show: (code: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#tokens = store.load().filter((token) => token.expires > now());
  }

  /** Makes a new code and shows it; the old one is void. */
  renew(): void {
    const letters = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]);
    const text = `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
    this.#code = { text, expires: this.now() + codeLifeMs, tries: 0 };
    this.show(text);
  }

  /** @throws LuaSkillsError `permission_denied` */
  pair(given: string, origin: string | undefined): string {
    const code = this.#code;
    if (!code || code.expires <= this.now()) {
      this.renew();
      throw denied("the pairing code has expired; a new one is in the bridge's terminal");
    }
    code.tries += 1;
    if (!same(digest(normal(given)), digest(normal(code.text)))) {
      if (code.tries < mostTries) throw denied("that is not the pairing code in the bridge's terminal");
      this.renew();
      throw denied("that is not the pairing code, for the fifth time: a new one is in the bridge's terminal");
    }
    // A code is good for one page: replayed, it is any wrong code.
    this.renew();
    const token = randomBytes(32).toString("base64url");
    const stored = {
      hash: digest(token).toString("base64url"),
      origin: origin ?? null,
      expires: this.now() + tokenLifeMs,
    };
    this.#tokens = [...this.#tokens.filter((each) => each.expires > this.now()), stored].slice(-mostTokens);
    this.store.save(this.#tokens);
    return token;
  }

  /** Whether this token was given to this origin. */
  admits(token: string, origin: string | undefined): boolean {
    const hash = digest(token);
    let admitted = false;
    for (const each of this.#tokens) {
      const hit = same(hash, Buffer.from(each.hash, "base64url"));
      if (hit && each.origin === (origin ?? null) && each.expires > this.now()) admitted = true;
    }
    return admitted;
  }

  /** Voids every token. */
  forget(): void {
    this.#tokens = [];
    this.store.save([]);
  }
}

function normal(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function denied(message: string): LuaSkillsError {
  return new LuaSkillsError("permission_denied", message);
}
