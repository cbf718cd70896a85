export const copiedAssets: ReadonlyArray<readonly [file: string, from: string]>;
