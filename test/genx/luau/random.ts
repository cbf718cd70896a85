/** A sequence of numbers that depends on nothing but its seed. */
function sequence(seed: number): (below: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const words =
  "and break do else elseif end false for function if in local nil not or repeat return then true until while continue type export const goto a b x typeof 1 0b1 1_0 'a' [[b]] `t` `a{ }b{ }` + - * / // % ^ # == ~= <= >= < > = ( ) { } [ ] ; : :: , . .. ... -> ? | & @ += -= ..= //= ~ << >> -- \n $ \\ \" ` { }".split(
    /(?<!`t|`a\{|b\{) (?!\}`|\}b)/,
  );

/** Words of the language in any order. */
export function randomTokens(seed: number): string {
  const next = sequence(seed);
  return Array.from({ length: 1 + next(40) }, () => words[next(words.length)]).join(next(4) === 0 ? "" : " ");
}

/** A program of the grammar that ends and returns a string; numbers stay small, so both number systems agree. */
export function randomProgram(seed: number): string {
  const next = sequence(seed);
  const pick = <T>(...all: readonly T[]): T => all[next(all.length)] as T;
  const type = (depth: number): string =>
    depth <= 0
      ? pick("number", "string", "any", "nil", '"lit"')
      : pick(
          () => `{ ${type(depth - 1)} }`,
          () => `${type(depth - 1)}?`,
          () => `(${type(depth - 1)}) -> ${type(depth - 1)}`,
          () => `{ [${type(0)}]: ${type(depth - 1)}, a: ${type(0)} }`,
          () => `(${type(depth - 1)} | ${type(0)})`,
        )();
  const number = (depth: number): string =>
    depth <= 0
      ? pick("a", "b", "t.n", "t[1]", "2", "0b11", "1_0", "7")
      : pick(
          () => `(${number(depth - 1)} ${pick("+", "-", "*")} ${number(depth - 1)})`,
          () => `(if ${condition(depth - 1)} then ${number(depth - 1)} else ${number(depth - 1)})`,
          () => `(${number(depth - 1)} :: ${type(1)})`,
          () => `#\`{${number(depth - 1)}}x{\`{${number(0)}}\`}\``,
          () => `id(${number(depth - 1)})`,
          () => `-(${number(depth - 1)} % 5 + 1)`,
        )();
  const condition = (depth: number): string =>
    pick(
      () => `${number(depth)} < ${number(depth)}`,
      () => `not (${number(depth)} == ${number(depth)})`,
      () => `(${number(depth)} >= 3 and ${number(depth)} ~= 4)`,
    )();
  const block = (depth: number, inLoop: boolean): string =>
    Array.from({ length: 1 + next(3) }, () => statement(depth, inLoop)).join("\n");
  const statement = (depth: number, inLoop: boolean): string =>
    depth <= 0
      ? pick(
          () => `a ${pick("+=", "-=", "=")} ${number(1)}`,
          () => `t.n ${pick("+=", "-=")} ${number(1)} a %= 100`,
          () => `t[1] += ${number(1)} b = b % 50`,
          () => `s ..= \`{${number(1)}};\``,
          () => `local c: ${type(2)} = ${number(1)}; s ..= c`,
          () => `type T${next(1000)} = ${type(2)}`,
        )()
      : pick(
          () => `if ${condition(1)} then ${block(depth - 1, inLoop)} else ${block(depth - 1, inLoop)} end`,
          () => `for i: number = 1, 3 do ${block(depth - 1, true)} end`,
          () => `for k, v in { 4, 5, 6 } do a += v ${block(depth - 1, true)} end`,
          () =>
            `do local n = 0 repeat n += 1 local last = n ${block(depth - 1, true)} if ${condition(0)} then continue end s ..= n until last > 2 end`,
          () => `local function f<T>(x: T, ...: any): T ${block(depth - 1, false)} return x end s ..= f(${number(1)})`,
          () => (inLoop ? `if ${condition(1)} then ${pick("continue", "break")} end` : statement(0, inLoop)),
        )();
  return `local a, b, s = 3, 4, ""
local t = { 1, 2, n = 5 }
local function id<T>(x: T): T return x end
${Array.from({ length: 6 }, () => `${statement(2, false)}\na %= 100 b %= 100 t.n %= 100 t[1] %= 100`).join("\n")}
return s .. "|" .. a .. "|" .. b .. "|" .. t.n .. "|" .. t[1]`;
}
