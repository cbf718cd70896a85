import { describe, expect, it } from "vitest";
import { placeholderOf, Secrets } from "./secrets.ts";

const value = 's3cr3t "ü"';
const withHosts = (...hosts: readonly string[]) => new Secrets({ A: { value, hosts } });
const goesTo = (hosts: readonly string[], url: string) => {
  try {
    return withHosts(...hosts).reveal(placeholderOf("A"), new URL(url)) === value;
  } catch {
    return false;
  }
};

it.each([
  ["api.example.com", "https://api.example.com/", true],
  ["API.example.com", "https://api.example.com/", true],
  ["api.example.com", "https://api.example.com:8443/", true],
  ["api.example.com:8443", "https://api.example.com:8443/", true],
  ["api.example.com:8443", "https://api.example.com/", false],
  ["*.example.com", "https://a.b.example.com/", true],
  ["*.example.com:8443", "https://a.example.com:8443/", true],
  ["*.example.com:8443", "https://a.example.com:18443/", false],
  ["*.example.com:8443", "https://a.example.com/", false],
  ["*.example.com", "https://example.com/", false],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080/x", true],
  ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/x", true],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8081/x", false],
  ["https://h.example", "http://h.example/", false],
])("a secret for %s goes to %s: %s", (host, url, goes) => {
  expect(goesTo([host], url)).toBe(goes);
  expect(goesTo(["other.example", host], url)).toBe(goes);
});

it.each([
  ["a b"],
  ["*"],
  ["*.*.example.com"],
  ["a.*.example.com"],
  ["api.example.com/path"],
  ["user@api.example.com"],
  ["api.example.com:"],
  ["api.example.com:80a"],
  ["api.example.com:x"],
  ["api.example.com:99999"],
  ["x*.example.com"],
  ["https://h.example/path"],
  ["https://user@h.example"],
  ["http://"],
  [""],
])("%j is no host of a secret, beside others either", (host) => {
  const text = "secrets.A: hosts must be a list of host names";
  expect(() => withHosts(host)).toThrow(text);
  expect(() => withHosts("api.example.com", host)).toThrow(text);
});

it.each([["api.example.com"], [[1]], [[]], [undefined]])("%j is no list of hosts", (hosts) => {
  expect(() => new Secrets({ A: { value, hosts: hosts as unknown as string[] } })).toThrow(
    "secrets.A: hosts must be a list",
  );
});

it.each([["abc"], [5], [undefined]])("%j is no value, and is not repeated", (given) => {
  const act = () => new Secrets({ A: { value: given as string, hosts: ["h.example"] } });
  expect(act).toThrow(expect.objectContaining({ message: "secrets.A: value must be a text of at least 4 characters" }));
});

describe("a text", () => {
  const secrets = withHosts("h.example");
  it("keeps placeholders of what is no secret", () => {
    const text = "{{secret:B}} {{ secret:A }} {{secret:1}}";
    expect(secrets.reveal(text, new URL("https://h.example"))).toBe(text);
  });

  it("says where a secret is not for, without its value", () => {
    const act = () => secrets.reveal(placeholderOf("A"), new URL("https://x.example/y"));
    expect(act).toThrow(
      expect.objectContaining({
        code: "permission_denied",
        message: "the secret A is not for https://x.example: the host names where it goes with secrets.A.hosts",
        data: { secret: "A", origin: "https://x.example" },
      }),
    );
  });

  it("is masked in every form in which the value may come back", () => {
    const forms = [value, encodeURIComponent(value), JSON.stringify({ value })];
    for (const form of forms) expect(secrets.mask(`<${form}>`)).not.toContain("s3cr3t");
    expect(secrets.mask(`${value}${value}`)).toBe("{{secret:A}}{{secret:A}}");
    expect(secrets.placeholders).toEqual({ A: "{{secret:A}}" });
  });
});

it("bytes are masked where the value stands in them, and are else the same object", () => {
  const secrets = withHosts("h.example");
  const around = new Uint8Array(20_000).fill(0xff);
  const plain = new TextEncoder().encode(value);
  const masked = secrets.maskBytes(new Uint8Array([...around, ...plain, 0x80]));
  expect(masked.subarray(0, around.length)).toEqual(around);
  expect(new TextDecoder().decode(masked.subarray(around.length, -1))).toBe("{{secret:A}}");
  expect(masked.at(-1)).toBe(0x80);
  expect(secrets.maskBytes(around)).toBe(around);
});
