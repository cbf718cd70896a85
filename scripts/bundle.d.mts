import type { BuildOptions, BuildResult } from "esbuild";

export const root: string;
export function bundle<T extends BuildOptions>(options: T): Promise<BuildResult<T & { metafile: true }>>;
export function bundleForBrowser<T extends BuildOptions>(options: T): Promise<BuildResult<T & { metafile: true }>>;
