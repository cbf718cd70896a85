import { arch, platform } from "node:os";

const systems: Readonly<Record<string, string>> = { win32: "windows", darwin: "macos" };
const processors: Readonly<Record<string, string>> = { x64: "x86_64", ia32: "i686", arm64: "aarch64", arm: "armv7l" };

/** The system in the words of vulcan-api.md §10.4. */
export function hostFacts(): { readonly os: string; readonly arch: string } {
  return { os: systems[platform()] ?? platform(), arch: processors[arch()] ?? arch() };
}
