import { existsSync } from "node:fs";
import path from "node:path";

const known = {
  chromium: { env: "CHROMIUM", names: ["chromium", "chromium-browser", "google-chrome"], debian: "chromium" },
  firefox: { env: "FIREFOX", names: ["firefox-esr", "firefox"], debian: "firefox-esr" },
  webkit: { env: "WEBKIT_DRIVER", names: ["WebKitWebDriver"], debian: "webkit2gtk-driver" },
  xvfb: { env: "XVFB", names: ["Xvfb"], debian: "xvfb" },
} as const;

/** The program's path: from its environment variable, or PATH. @throws with the package to install */
export function executable(program: keyof typeof known): string {
  const { env, names, debian } = known[program];
  const override = process.env[env];
  if (override) return override;
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
      if (existsSync(path.join(folder, name))) return path.join(folder, name);
    }
  }
  throw new Error(
    `${program} is not installed (looked for ${names.join(", ")} on PATH). ` +
      `Install the system package ${debian}, or set ${env} to its path; \`npm test\` installs it itself.`,
  );
}
