/**
 * The network of Lua code: where it may go, and the secrets it uses without seeing them.
 * @module
 */

/** Addresses below a prefix, and how they are asked. */
export interface NetworkRule {
  /** `https://api.example.com/v1`: the origin has to be the same, the path the same or below. */
  readonly url: string;
  /** Methods allowed there. Default all. */
  readonly methods?: readonly string[];
  /** Headers that requests there get, in place of those of the program. They may hold placeholders of secrets. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `true`: any public address; on a server one inside its network has to be named. */
export type NetworkGrant = true | ReadonlyArray<string | NetworkRule>;

export interface SecretOptions {
  /** At least 4 characters. Lua reads the placeholder `{{secret:NAME}}` from `os.getenv("NAME")`. */
  readonly value: string;
  /** Where it goes: host names (https), `*.example.com`, or origins such as `http://127.0.0.1:8080`. */
  readonly hosts: readonly string[];
}
