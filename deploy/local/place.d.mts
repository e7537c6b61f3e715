export function folderAt(...parts: string[]): string;
