import type { ErrorExpectation } from "./case-format.ts";

/** Where a value differs from what was expected. */
export interface Mismatch {
  /** As in `$.rows[2].name`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

const missing = Symbol("missing");
type Actual = unknown | typeof missing;
type Plain = Readonly<Record<string, unknown>>;

/**
 * Compares by the rules of the case format: exact, numbers by value, object keys in any order, matcher objects
 * (`$contains`, `$matches`, …) anywhere. Undefined when it matches, otherwise the first difference.
 */
export function compare(expected: unknown, actual: unknown): Mismatch | undefined {
  return at("$", expected, actual);
}

/** The `result` rule: members the case leaves out are not compared. */
export function compareSubset(expected: Plain, actual: unknown): Mismatch | undefined {
  return matchHas("$", expected, actual);
}

/** Undefined when the message contains the text or matches the pattern. */
export function compareError(expected: ErrorExpectation, message: string): Mismatch | undefined {
  return typeof expected === "string"
    ? matchContains("error", expected, message)
    : matchPattern("error", expected.$matches, message);
}

function at(path: string, expected: unknown, actual: Actual): Mismatch | undefined {
  const matcher = matcherOf(expected);
  if (matcher) return matcher(path, actual);
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return differ(path, expected, actual);
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
      const found = at(`${path}[${i}]`, element(expected, i), element(actual, i));
      if (found) return found;
    }
    return undefined;
  }
  if (isPlain(expected)) {
    if (!isPlain(actual)) return differ(path, expected, actual);
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = at(`${path}.${key}`, member(expected, key), member(actual, key));
      if (found) return found;
    }
    return undefined;
  }
  return sameScalar(expected, actual) ? undefined : differ(path, expected, actual);
}

type Matcher = (path: string, actual: Actual) => Mismatch | undefined;

const matchers: Readonly<Record<string, (path: string, rule: unknown, actual: Actual) => Mismatch | undefined>> = {
  $contains: (path, rule, actual) => matchContains(path, String(rule), actual),
  $matches: (path, rule, actual) => matchPattern(path, String(rule), actual),
  $any: (path, _rule, actual) => (actual === missing ? differ(path, "anything", actual) : undefined),
  $type: (path, rule, actual) => (typeName(actual) === rule ? undefined : differ(path, { $type: rule }, actual)),
  $approx: (path, rule, actual) => {
    const wanted = Number(rule);
    const close = typeof actual === "number" && Math.abs(actual - wanted) <= 1e-5 * Math.max(Math.abs(wanted), 1e-300);
    return close ? undefined : differ(path, { $approx: rule }, actual);
  },
  $has: (path, rule, actual) => matchHas(path, rule as Plain, actual),
  $length: (path, rule, actual) => {
    const length = Array.isArray(actual) || typeof actual === "string" ? actual.length : undefined;
    return length === rule ? undefined : differ(path, { $length: rule }, length ?? actual);
  },
  $unordered: (path, rule, actual) => matchUnordered(path, rule as readonly unknown[], actual),
  $absent: (path, _rule, actual) => (actual === missing ? undefined : differ(path, "nothing here", actual)),
};

function matcherOf(expected: unknown): Matcher | undefined {
  if (!isPlain(expected)) return undefined;
  const keys = Object.keys(expected);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined || !key.startsWith("$")) return undefined;
  const apply = Object.hasOwn(matchers, key) ? matchers[key] : undefined;
  if (!apply) throw new Error(`unknown matcher ${key}; known: ${Object.keys(matchers).join(", ")}`);
  return (path, actual) => apply(path, expected[key], actual);
}

function matchContains(path: string, text: string, actual: Actual): Mismatch | undefined {
  return typeof actual === "string" && actual.includes(text) ? undefined : differ(path, { $contains: text }, actual);
}

function matchPattern(path: string, pattern: string, actual: Actual): Mismatch | undefined {
  return typeof actual === "string" && new RegExp(pattern).test(actual)
    ? undefined
    : differ(path, { $matches: pattern }, actual);
}

function matchHas(path: string, expected: Plain, actual: Actual): Mismatch | undefined {
  if (!isPlain(actual)) return differ(path, { $has: expected }, actual);
  for (const key of Object.keys(expected)) {
    const found = at(`${path}.${key}`, expected[key], member(actual, key));
    if (found) return found;
  }
  return undefined;
}

function matchUnordered(path: string, expected: readonly unknown[], actual: Actual): Mismatch | undefined {
  if (!Array.isArray(actual) || actual.length !== expected.length) {
    return differ(path, { $unordered: expected }, actual);
  }
  // Matchers may overlap, so a greedy pick could fail where another pairing fits: augmenting paths find one if any.
  const takenBy = new Map<number, number>();
  const place = (want: number, tried: Set<number>): boolean =>
    actual.some((candidate, i) => {
      if (tried.has(i) || at(path, expected[want], candidate)) return false;
      tried.add(i);
      const holder = takenBy.get(i);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(i, want);
      return true;
    });
  const unplaced = expected.findIndex((_, want) => !place(want, new Set()));
  return unplaced === -1 ? undefined : differ(`${path} (unordered item ${unplaced})`, expected[unplaced], actual);
}

function sameScalar(expected: unknown, actual: Actual): boolean {
  if (typeof expected === "number" && typeof actual === "bigint") return BigInt(expected) === actual;
  // +0 and -0 are one JSON number.
  return expected === actual || (Number.isNaN(expected) && Number.isNaN(actual));
}

function isPlain(value: Actual): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
const member = (object: Plain, key: string): Actual =>
  Object.hasOwn(object, key) && object[key] !== undefined ? object[key] : missing;
const element = (array: readonly unknown[], index: number): Actual => (index < array.length ? array[index] : missing);

function typeName(value: Actual): string {
  if (value === missing) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

const shownLength = 1200;
function show(value: Actual): string {
  if (value === missing) return "nothing";
  const text = JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}n` : v)) ?? String(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}… (${text.length} characters)` : text;
}
function differ(path: string, expected: Actual, actual: Actual): Mismatch {
  return { path, expected: show(expected), actual: show(actual) };
}
