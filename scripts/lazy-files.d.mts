import type { BuildOptions, BuildResult } from "esbuild";

export function bundleWithLazyFiles(
  entry: { readonly name: string; readonly source: string },
  options: BuildOptions & { readonly outdir: string },
): Promise<BuildResult[]>;
