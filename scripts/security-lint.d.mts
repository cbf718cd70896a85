export const rules: readonly { pattern: RegExp; where: (file: string) => boolean; why: string }[];
export function lintText(file: string, text: string): string[];
