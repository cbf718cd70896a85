/**
 * What of a page may stay: elements, attributes by element, addresses. Nothing that is not named stays.
 * @module
 */
export interface Pattern {
  matches(text: string): boolean;
}

/** Undefined: any value. */
type Rules = Map<string, Pattern | undefined>;

const linking = new Set(["a", "area", "link"]);
const addresses = new Set(["href", "src", "cite", "action", "formaction", "poster", "background", "longdesc", "usemap", "data", "xlink:href"]); // biome-ignore format: a table
const dataImage = /^data:image\/(?:gif|jpeg|png|svg\+xml|webp);base64,[A-Za-z0-9+/]+={0,2}$/;
/** Never, whoever allows them: what is in them or in their values runs. */
const refusedElements = new Set(["script", "style"]);
const isRefusedAttribute = (name: string): boolean => name.startsWith("on") || name === "srcdoc";

const lists = ["ul", "ol", "li", "dl", "dt", "dd"];
const tables = ["table", "caption", "col", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"];
const common = (
  "h1 h2 h3 h4 h5 h6 p br hr div span article aside details figure section summary figcaption header footer hgroup wbr abbr acronym cite code " +
  "dfn em mark s samp strong sub sup var i b u tt strike small big pre kbd ruby rt rp blockquote q a time del ins map area"
).split(" ");

export class Policy {
  readonly #elements = new Set<string>();
  readonly #global: Rules = new Map();
  readonly #byElement = new Map<string, Rules>();
  /** Undefined: nobody said anything; relative addresses, http, https and mailto stay. */
  #schemes: Set<string> | undefined;
  #relative = true;
  #parseable = false;
  #dataImages = false;
  nofollow = false;
  noreferrer = false;
  targetBlank = false;

  static ugc(): Policy {
    const policy = new Policy();
    policy.allowElements(common);
    policy.allowStandardAttributes();
    policy.allowStandardUrls();
    policy.allowImages();
    policy.allowLists();
    policy.allowTables();
    policy.allowAttributes(["href"], ["a", "area"], undefined);
    policy.allowAttributes(["cite"], ["blockquote", "q", "del", "ins"], undefined);
    policy.allowAttributes(["datetime"], ["time", "del", "ins"], undefined);
    return policy;
  }

  allowElements(names: readonly string[]): void {
    for (const name of names) if (!refusedElements.has(name.toLowerCase())) this.#elements.add(name.toLowerCase());
  }

  /** `elements` undefined: on all that are allowed. */
  allowAttributes(
    names: readonly string[],
    elements: readonly string[] | undefined,
    pattern: Pattern | undefined,
  ): void {
    const targets = elements?.map((element) => {
      const rules = this.#byElement.get(element.toLowerCase()) ?? new Map();
      this.#byElement.set(element.toLowerCase(), rules);
      return rules;
    }) ?? [this.#global];
    for (const rules of targets)
      for (const name of names) if (!isRefusedAttribute(name.toLowerCase())) rules.set(name.toLowerCase(), pattern);
  }

  allowStandardAttributes(): void {
    this.allowAttributes(["id", "title", "dir", "lang"], undefined, undefined);
  }

  allowStandardUrls(): void {
    this.allowSchemes(["mailto", "http", "https"]);
    this.allowRelative(true);
    this.requireParseable(true);
    this.nofollow = true;
  }

  allowSchemes(names: readonly string[]): void {
    if (!this.#schemes) this.#relative = false;
    this.#schemes ??= new Set();
    for (const name of names) this.#schemes.add(name.toLowerCase());
  }

  allowRelative(allow: boolean): void {
    this.#schemes ??= new Set();
    this.#relative = allow;
  }

  requireParseable(require: boolean): void {
    this.#parseable = require;
  }

  allowImages(): void {
    this.allowElements(["img"]);
    this.allowAttributes(["align", "alt", "height", "width", "src"], ["img"], undefined);
    this.allowStandardUrls();
  }

  allowDataImages(): void {
    this.#dataImages = true;
  }

  allowLists(): void {
    this.allowElements(lists);
    const words = { matches: (text: string) => /^(?:circle|disc|square|[aAiI1])$/.test(text) };
    this.allowAttributes(["type"], ["ul", "ol", "li"], words);
    this.allowAttributes(["value"], ["li"], { matches: (text) => /^-?\d+$/.test(text) });
  }

  allowTables(): void {
    this.allowElements(tables);
    const number = { matches: (text: string) => /^\d{1,4}$/.test(text) };
    this.allowAttributes(["colspan", "rowspan"], ["td", "th"], number);
    this.allowAttributes(["span"], ["col", "colgroup"], number);
  }

  mayStay(element: string): boolean {
    return this.#elements.has(element);
  }

  /** The attributes that stay, with those the policy adds. */
  attributes(element: string, given: ReadonlyMap<string, string>): Map<string, string> {
    const own = this.#byElement.get(element);
    const kept = new Map<string, string>();
    for (const [name, value] of given) {
      const rules = [own, this.#global].filter((each) => each?.has(name));
      if (rules.length === 0 || !rules.some((each) => each?.get(name)?.matches(value) ?? true)) continue;
      if (addresses.has(name) && !this.#isAllowedAddress(element, name, value)) continue;
      kept.set(name, addresses.has(name) ? value.trim() : value);
    }
    if (linking.has(element) && kept.has("href")) this.#link(kept);
    return kept;
  }

  #link(attributes: Map<string, string>): void {
    const relations = new Set((attributes.get("rel") ?? "").split(/\s+/).filter((each) => each !== ""));
    if (this.nofollow) relations.add("nofollow");
    if (this.noreferrer) relations.add("noreferrer");
    if (this.targetBlank && /^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(attributes.get("href") ?? "")) {
      attributes.set("target", "_blank");
      relations.add("noopener");
    }
    if (relations.size > 0) attributes.set("rel", [...relations].join(" "));
  }

  #isAllowedAddress(element: string, name: string, given: string): boolean {
    const value = given.trim();
    // Browsers read an address without these, so it is judged without them.
    const bare = [...value].filter((character) => character > " ").join("");
    if (this.#dataImages && element === "img" && name === "src" && dataImage.test(bare)) return true;
    if (this.#parseable && (bare !== value || !URL.canParse(value, "https://host/"))) return false;
    const scheme = /^([^/?#]*?):/.exec(bare)?.[1]?.toLowerCase();
    if (scheme === undefined) return this.#relative;
    return (this.#schemes ?? new Set(["http", "https", "mailto"])).has(scheme);
  }
}
