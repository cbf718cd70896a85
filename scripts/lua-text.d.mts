export function compactLua(source: string): string;
