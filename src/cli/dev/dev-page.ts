import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { encodeBase64 } from "../../base/bytes/base64.ts";
import { luaWasm } from "../../platforms/node/package-files.ts";
import { skillFiles } from "../folder/skill-files.ts";
import type { SkillsFolder } from "../folder/skills-folder.ts";

/** Where nothing else may come from, and nothing may be sent to. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; connect-src 'self'; " +
  "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * The page of `luaskills-wasm dev`: `/` and the package's files for everybody, the skills of the folder for whoever shows
 * the token, now and with every change.
 */
export class DevPage {
  readonly #readers = new Set<ReadableStreamDefaultController<Uint8Array>>();

  constructor(
    /** Asked each time: skills come and go. */
    private readonly folder: () => SkillsFolder,
    private readonly shows: (request: Request) => boolean,
  ) {}

  /** Undefined: the request is for somebody else. */
  answer(request: Request): Promise<Response> | Response | undefined {
    const { pathname } = new URL(request.url);
    if (pathname === "/dev/skills") {
      return this.shows(request) ? this.#follow(request.signal) : new Response(null, { status: 401 });
    }
    const name = pathname === "/" ? "dev-page.html" : /^\/package\/([\w-][\w.-]*)$/.exec(pathname)?.[1];
    return name === undefined ? undefined : packageFile(name);
  }

  /** Tells the pages that files are not what they were. */
  changed(): void {
    const line = this.#line();
    for (const reader of this.#readers) reader.enqueue(line);
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
    this.#readers.clear();
  }

  #follow(gone: AbortSignal): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (reader) => {
        reader.enqueue(this.#line());
        this.#readers.add(reader);
        gone.addEventListener("abort", () => this.#readers.delete(reader));
      },
    });
    return new Response(body, { headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } });
  }

  #line(): Uint8Array {
    const { skillsDir, skillIds } = this.folder();
    const files = skillIds.flatMap((id) =>
      [...skillFiles(path.join(skillsDir, id))].map(([name, bytes]) => [`${id}/${name}`, encodeBase64(bytes)]),
    );
    return new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(files))}\n`);
  }
}

async function packageFile(name: string): Promise<Response> {
  const type = types[path.extname(name)];
  const bytes = type && (await readFile(fileURLToPath(new URL(name, luaWasm()))).catch(() => undefined));
  if (!bytes) return new Response(null, { status: 404 });
  const headers = { "content-type": type, "content-security-policy": policy, "x-content-type-options": "nosniff" };
  return new Response(new Uint8Array(bytes), { headers: { ...headers, "cache-control": "no-cache" } });
}
