export const unusedExports = (): string[] => [];
