import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { exitCodes } from "../../base/error-status.ts";
import { httpOrigin } from "../../base/http-origin.ts";
import { LuaSkillsError } from "../../errors.ts";
import { createHttpHandler } from "../../http/server/handler.ts";
import { nodeListener } from "../../http/server/node-listener.ts";
import { type Role, roles } from "../../http/server/roles.ts";
import type { DevPage } from "../dev/dev-page.ts";
import { followFiles } from "../folder/follow-files.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import { openSkillsFolder, type SkillsFolder } from "../folder/skills-folder.ts";
import type { Run } from "../run.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { usageError } from "../usage-error.ts";

interface ServeSwitches extends EngineSwitches {
  readonly port: string;
  readonly host: string;
  readonly token?: string;
  readonly role: string;
  readonly origin?: readonly string[];
  readonly watch?: boolean;
}

/** `luaskills-wasm serve`: the HTTP surface of a runtime, and MCP at /mcp, for whoever has the token. */
export function serve(run: Run, skills: string | undefined, switches: ServeSwitches): Promise<number> {
  return serveFolder(run, skills, switches);
}

/** `luaskills-wasm dev`: the same, and a page that runs the skills as they are in the folder. */
export async function dev(run: Run, skills: string | undefined, switches: ServeSwitches): Promise<number> {
  const { DevPage } = await import("../dev/dev-page.ts");
  return serveFolder(run, skills, { ...switches, watch: true }, (open, shows) => new DevPage(open, shows));
}

async function serveFolder(
  run: Run,
  skills: string | undefined,
  switches: ServeSwitches,
  pageOf?: (open: () => SkillsFolder, shows: (request: Request) => boolean) => DevPage,
): Promise<number> {
  const role = roleOf(switches.role);
  const port = portOf(switches.port);
  const token = switches.token ?? randomBytes(24).toString("base64url");
  return onFolder(run, skills ?? ".", switches, async ({ folder, tellProblems, ...supervised }) => {
    const { runtime } = supervised;
    await tellProblems();
    const origins = switches.origin ?? [];
    const authorize = (request: Request) => (shows(request, token) ? role : false);
    const open = () => openSkillsFolder(skills ?? ".", { allowHome: switches.allowHome ?? false });
    const page = pageOf?.(open, (request) => shows(request, token));
    const { createMcpHandler } = await import("../mcp/transports.ts");
    const mcp = createMcpHandler(runtime, { authorize, origins });
    const http = createHttpHandler(supervised, { authorize, origins });
    const server = createServer(
      nodeListener(
        async (request) =>
          (await page?.answer(request)) ?? (new URL(request.url).pathname === "/mcp" ? mcp(request) : http(request)),
      ),
    );
    const watch = switches.watch ? followFiles(run, runtime, folder, () => page?.changed()) : undefined;
    try {
      await listening(server, port, switches.host);
      const address = server.address();
      const url = httpOrigin(switches.host, typeof address === "object" && address !== null ? address.port : port);
      // Whoever reads the address may end the server at once.
      const interrupted = untilInterrupted();
      run.print(url);
      run.report.note(`MCP at /mcp; Authorization: Bearer ${token}`);
      if (page) run.report.note(`the skills in your browser: ${url}/#${token}`);
      await interrupted;
    } finally {
      await watch?.close();
      page?.close();
      await mcp.close();
      server.closeAllConnections();
      server.close();
    }
    return exitCodes.ok;
  });
}

function listening(server: ReturnType<typeof createServer>, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "something else listens there; --port takes another" : cause.message;
      reject(new LuaSkillsError("invalid_argument", `cannot listen at ${host}:${port}: ${why}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function shows(request: Request, token: string): boolean {
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function roleOf(text: string): Role {
  const role = roles.find((each) => each === text);
  if (role !== undefined) return role;
  throw usageError(`--role is ${roles.join(", ")}, got ${JSON.stringify(text)}`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw usageError(`--port takes 0 to 65535, got ${JSON.stringify(text)}`);
}
