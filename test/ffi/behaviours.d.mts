export function program(body: string): string;
