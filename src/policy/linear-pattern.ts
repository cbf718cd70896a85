/**
 * A small regular expression matcher that cannot backtrack without end: an attacker chooses the texts policies are matched
 * against. Thompson's construction; time grows with pattern times text.
 *
 * Literals, `.`, classes with ranges and negation, `\d \w \s` and their opposites, groups, `|`, `* + ?`, `{n,m}` up to 100,
 * `^` and `$`. A match may lie anywhere, as with RE2's MatchString.
 * @module
 */
type Test = (codePoint: number) => boolean;

type State =
  | { readonly kind: "test"; readonly test: Test; next: number }
  | { readonly kind: "split"; next: number; other: number }
  | { readonly kind: "start" | "end"; next: number }
  | { readonly kind: "match" };

const MATCH = -1;
const MAX_STATES = 10_000;

interface Fragment {
  readonly start: number;
  /** States whose way on is not known yet. */
  readonly open: ReadonlyArray<(to: number) => void>;
}

export class LinearPattern {
  readonly #states: State[] = [];
  readonly #start: number;

  /** @throws SyntaxError */
  constructor(source: string) {
    const parser = new Parser(source, this.#states);
    const whole = parser.parse();
    const match = this.#states.push({ kind: "match" }) - 1;
    for (const set of whole.open) set(match);
    this.#start = whole.start === MATCH ? match : whole.start;
  }

  test(text: string): boolean {
    const points = Array.from(text, (each) => each.codePointAt(0) ?? 0);
    let current = new Set<number>();
    for (let at = 0; at <= points.length; at++) {
      if (this.#follow(this.#start, current, at === 0, at === points.length)) return true;
      const point = points[at];
      if (point === undefined) return false;
      const next = new Set<number>();
      for (const index of current) {
        const state = this.#states[index];
        if (state?.kind !== "test" || !state.test(point)) continue;
        if (this.#follow(state.next, next, false, at + 1 === points.length)) return true;
      }
      current = next;
    }
    return false;
  }

  /** Adds the state and what is reached without a character; true when that is the match. */
  #follow(from: number, into: Set<number>, atStart: boolean, atEnd: boolean): boolean {
    const work = [from];
    for (let index = work.pop(); index !== undefined; index = work.pop()) {
      if (into.has(index)) continue;
      into.add(index);
      const state = this.#states[index];
      if (state?.kind === "match") return true;
      if (state?.kind === "split") work.push(state.other, state.next);
      if ((state?.kind === "start" && atStart) || (state?.kind === "end" && atEnd)) work.push(state.next);
    }
    return false;
  }
}

const between =
  (low: number, high: number): Test =>
  (point) =>
    point >= low && point <= high;
const either =
  (...tests: readonly Test[]): Test =>
  (point) =>
    tests.some((test) => test(point));
const not =
  (test: Test): Test =>
  (point) =>
    !test(point);
const digit = between(0x30, 0x39);
const word = either(digit, between(0x41, 0x5a), between(0x61, 0x7a), between(0x5f, 0x5f));
const space = either(between(9, 13), between(32, 32));
const escapes: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};
const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11 };

class Parser {
  readonly #input: readonly string[];
  #at = 0;

  constructor(
    source: string,
    private readonly states: State[],
  ) {
    this.#input = Array.from(source);
  }

  parse(): Fragment {
    const whole = this.#alternatives();
    if (this.#at < this.#input.length) throw new SyntaxError(`unexpected ${this.#peek()}`);
    return whole;
  }

  #alternatives(): Fragment {
    let left = this.#sequence();
    while (this.#take("|")) {
      const right = this.#sequence();
      const split = this.#split(left.start, right.start);
      left = { start: split.index, open: [...left.open, ...right.open] };
    }
    return left;
  }

  #sequence(): Fragment {
    const jump = this.#split(MATCH, MATCH);
    let open: ReadonlyArray<(to: number) => void> = [jump.set];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      const piece = this.#repeated();
      for (const set of open) set(piece.start);
      open = piece.open;
    }
    return { start: jump.index, open };
  }

  #repeated(): Fragment {
    const from = this.#at;
    const atom = this.#atom();
    const to = this.#at;
    if (this.#take("*")) return this.#star(atom);
    if (this.#take("+")) {
      const loop = this.#star(atom);
      return { start: atom.start, open: loop.open };
    }
    if (this.#take("?")) {
      const split = this.#split(atom.start, MATCH);
      return { start: split.index, open: [...atom.open, split.set] };
    }
    const bounds = this.#bounds();
    return bounds ? this.#times(from, to, bounds) : atom;
  }

  #star(atom: Fragment): Fragment {
    const split = this.#split(atom.start, MATCH);
    for (const set of atom.open) set(split.index);
    return { start: split.index, open: [split.set] };
  }

  /** The atom again and again: parsed anew for every repetition. */
  #times(from: number, to: number, [low, high]: readonly [number, number]): Fragment {
    const after = this.#at;
    const again = () => {
      this.#at = from;
      const piece = this.#atom();
      if (this.#at !== to) throw new SyntaxError("a repetition of something unclear");
      return piece;
    };
    const jump = this.#split(MATCH, MATCH);
    let open: ReadonlyArray<(to: number) => void> = [jump.set];
    const leave: Array<(to: number) => void> = [];
    const append = (piece: Fragment) => {
      for (const set of open) set(piece.start);
      open = piece.open;
    };
    for (let i = 0; i < low; i++) append(again());
    if (high === Number.POSITIVE_INFINITY) append(this.#star(again()));
    for (let i = low; i < high && high !== Number.POSITIVE_INFINITY; i++) {
      const piece = again();
      const split = this.#split(piece.start, MATCH);
      leave.push(split.set);
      append({ start: split.index, open: piece.open });
    }
    this.#at = after;
    return { start: jump.index, open: [...open, ...leave] };
  }

  /** `{n}`, `{n,}`, `{n,m}`; anything else in braces is text. */
  #bounds(): readonly [number, number] | undefined {
    const found = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.#input.slice(this.#at, this.#at + 12).join(""));
    if (!found) return undefined;
    const low = Number(found[1]);
    const high = found[2] === undefined ? low : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (low > 100 || (high > 100 && high !== Number.POSITIVE_INFINITY) || high < low) {
      throw new SyntaxError(`the repetition ${found[0]} is out of range (up to 100)`);
    }
    this.#at += found[0].length;
    return [low, high];
  }

  #atom(): Fragment {
    const next = this.#input[this.#at++];
    switch (next) {
      case undefined:
      case "*":
      case "+":
      case "?":
        throw new SyntaxError("nothing to repeat");
      case "(": {
        if (this.#take("?") && !this.#take(":")) throw new SyntaxError("only plain and (?: ) groups are known");
        const inner = this.#alternatives();
        if (!this.#take(")")) throw new SyntaxError("missing )");
        return inner;
      }
      case ".":
        return this.#one(not(between(10, 10)));
      case "[":
        return this.#one(this.#class());
      case "^":
        return this.#edge("start");
      case "$":
        return this.#edge("end");
      case "\\":
        return this.#one(this.#escape());
      default: {
        const point = next.codePointAt(0) ?? 0;
        return this.#one(between(point, point));
      }
    }
  }

  #class(): Test {
    const negated = this.#take("^");
    const tests: Test[] = [];
    for (let first = true; first || this.#peek() !== "]"; first = false) {
      if (this.#peek() === undefined) throw new SyntaxError("missing ]");
      const low = this.#member();
      if (typeof low === "function") {
        tests.push(low);
        continue;
      }
      if (this.#peek() === "-" && this.#input[this.#at + 1] !== "]") {
        this.#at++;
        const high = this.#member();
        if (typeof high === "function" || high < low) throw new SyntaxError("a range in the wrong order");
        tests.push(between(low, high));
      } else {
        tests.push(between(low, low));
      }
    }
    this.#at++;
    const any = either(...tests);
    return negated ? not(any) : any;
  }

  #member(): number | Test {
    const next = this.#input[this.#at++];
    if (next === undefined) throw new SyntaxError("missing ]");
    if (next !== "\\") return next.codePointAt(0) ?? 0;
    const escaped = this.#input[this.#at++];
    if (escaped === undefined) throw new SyntaxError("a backslash at the end");
    return escapes[escaped] ?? controls[escaped] ?? escaped.codePointAt(0) ?? 0;
  }

  #escape(): Test {
    const escaped = this.#input[this.#at++];
    if (escaped === undefined) throw new SyntaxError("a backslash at the end");
    const known = escapes[escaped];
    if (known) return known;
    const point = controls[escaped];
    if (point === undefined && /[A-Za-z0-9]/.test(escaped)) throw new SyntaxError(`unknown escape \\${escaped}`);
    const literal = point ?? escaped.codePointAt(0) ?? 0;
    return between(literal, literal);
  }

  #one(test: Test): Fragment {
    return this.#single({ kind: "test", test, next: MATCH });
  }

  #edge(kind: "start" | "end"): Fragment {
    return this.#single({ kind, next: MATCH });
  }

  #single(state: Exclude<State, { readonly kind: "match" }>): Fragment {
    const start = this.#add(state);
    const set = (to: number) => {
      state.next = to;
    };
    return { start, open: [set] };
  }

  /** `set` fills every way that is still open. */
  #split(next: number, other: number): { readonly index: number; readonly set: (to: number) => void } {
    const state = { kind: "split" as const, next, other };
    const index = this.#add(state);
    return {
      index,
      set: (to) => {
        if (next === MATCH) state.next = to;
        if (other === MATCH) state.other = to;
      },
    };
  }

  #add(state: State): number {
    if (this.states.length >= MAX_STATES) throw new SyntaxError("the pattern is too large");
    return this.states.push(state) - 1;
  }

  #peek(): string | undefined {
    return this.#input[this.#at];
  }

  #take(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at++;
    return true;
  }
}
