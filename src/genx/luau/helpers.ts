/**
 * Lua functions that a translated text uses. They come in front of its first line, on that line, and hold on to the
 * functions of the moment: a script may change its `tostring` or `next` and interpolation and loops go on as before.
 */
const sources = {
  /** `__name(v)`: the text of a value in an interpolated string. */
  text: "tostring",
  /**
   * `__name(f, s, c, d)`: what a generic `for` takes. A table is walked by its `__iter`, else from 1 to its length and then
   * the rest; Lua's own `next` promises no order.
   */
  iterate:
    "(function(type,getmetatable,next,rawlen,rawget,error,pairs) return function(f,s,c,d) " +
    'if type(f)=="function" then return f,s,c,d end ' +
    'local m=getmetatable(f) if type(m)=="table" then local i=m.__iter if i~=nil then return i(f) end if m.__call~=nil then return f,s,c,d end elseif m~=nil and type(f)=="table" then return pairs(f) end ' +
    'if type(f)~="table" then error("attempt to iterate over a "..type(f).." value",2) end ' +
    "local n=rawlen(f) if n==0 then return next,f,nil end " +
    "local done,lost=0,false return function(t,k) " +
    "if not lost then local v k,v=next(t,k) if done>=n then return k,v end if k==done+1 then done=k return k,v end lost=true done=k and done or n end " +
    "while done<n do done=done+1 local v=rawget(t,done) if v~=nil then return done,v end end " +
    'if lost~=1 then lost=1 k=nil end local v repeat k,v=next(t,k) until type(k)~="number" or k<1 or k>n or k%1~=0 return k,v ' +
    "end,f,nil end end)(type,getmetatable,next,rawlen,rawget,error,pairs)",
  /** `__name(o, "goto")(…)`: a method whose name is a word of Lua. */
  method: "function(o,n) return function(...) return o[n](o,...) end end",
} as const;

export type Helper = keyof typeof sources;

/** The helpers that one text needs, under names that do not occur in it. */
export class Helpers {
  readonly prefix: string;
  readonly #used = new Set<Helper>();

  constructor(source: string) {
    let prefix = "__luau";
    while (source.includes(prefix)) prefix += "_";
    this.prefix = prefix;
  }

  use(helper: Helper): string {
    this.#used.add(helper);
    return `${this.prefix}_${helper}`;
  }

  /** Begins the first line of the translation. */
  toString(): string {
    return [...this.#used].map((helper) => `local ${this.prefix}_${helper}=${sources[helper]} `).join("");
  }
}
