// "Fresh clone: one command." Installs what is missing and says what it does. Node built-ins only: this runs before any
// package is there.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const browsers = [
  { programs: ["chromium", "chromium-browser", "google-chrome"], env: "CHROMIUM", debian: "chromium" },
  { programs: ["firefox-esr", "firefox"], env: "FIREFOX", debian: "firefox-esr" },
  { programs: ["WebKitWebDriver"], env: "WEBKIT_DRIVER", debian: "webkit2gtk-driver" },
  { programs: ["Xvfb"], env: "XVFB", debian: "xvfb" },
];

const say = (text) => console.log(`[setup] ${text}`);

function run(command, args) {
  say(`${command} ${args.join(" ")}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (error || status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? `exit ${status}`}`);
}

export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node ${process.versions.node} is too old: 20.19 or newer is needed (see engines in package.json)`);
  }
}

/** Runs `npm ci` when an installed package is missing or has another version than the lock file says. */
export function ensurePackages() {
  const reason = packagesProblem();
  if (reason === undefined) return;
  say(`${reason}: installing the npm packages of package-lock.json`);
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

function packagesProblem() {
  const installedFile = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return "node_modules is missing";
  const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const installed = read(installedFile);
  for (const [name, { version, optional, peer }] of Object.entries(read(path.join(root, "package-lock.json")))) {
    if (name === "" || optional || peer) continue; // the root itself; other platforms; left to npm
    if (installed[name]?.version !== version) {
      return `${name.slice("node_modules/".length)} is ${installed[name]?.version ?? "missing"}, wanted ${version}`;
    }
  }
  return undefined;
}

const onPath = (program) =>
  (process.env.PATH ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));

/** Installs the test browsers that are missing through apt. @throws with what to install by hand elsewhere */
export function ensureBrowsers() {
  const missing = browsers.filter(({ programs, env }) => !process.env[env] && !programs.some(onPath));
  if (missing.length === 0) return;
  const names = missing.map(({ debian }) => debian);
  const canInstall = process.platform === "linux" && onPath("apt-get");
  const elevate = process.getuid?.() === 0 ? [] : onPath("sudo") ? ["sudo", "-n"] : undefined;
  if (!canInstall || elevate === undefined) {
    throw new Error(
      `the tests run in real browsers, and these are missing: ${names.join(", ")} (Debian package names). ` +
        `Install them, or point ${missing.map(({ env }) => env).join(", ")} at the programs.`,
    );
  }
  say(`test browsers missing: ${names.join(", ")}; installing them as system packages (about 30 s)`);
  const [command, ...args] = [...elevate, "apt-get"];
  run(command, [...args, "update", "-q"]);
  run(command, [...args, "install", "-y", "-q", "--no-install-recommends", ...names]);
}
