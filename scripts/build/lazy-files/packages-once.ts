/**
 * An esbuild plugin for lazy files: a package that is a lazy file itself is not bundled into others once more. What they import of
 * it at their top they wait for instead.
 * @module
 */
import type { Plugin } from "esbuild";

/** Packages that several lazy files use. */
const shared: readonly string[] = ["yaml"];
const namespace = "package-once";

/** @param target what the lazy file is made of: the package itself is bundled */
export const packagesOnce = (target: string): Plugin => ({
  name: namespace,
  setup(b) {
    const filter = new RegExp(`^(?:${shared.filter((name) => name !== target).join("|") || "$^"})$`);
    b.onResolve({ filter }, ({ kind, path: name }) =>
      kind === "import-statement" ? { path: name, namespace, sideEffects: false } : undefined,
    );
    b.onLoad({ filter: /.*/, namespace }, async ({ path: name }) => {
      const names = Object.keys((await import(name)) as object).filter((each) => each !== "default");
      return { contents: `export const { ${names.join(", ")} } = await import(${JSON.stringify(name)});` };
    });
  },
});
