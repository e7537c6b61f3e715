export const processes: Record<string, { variable: string; port: number } | undefined>;
export function healthUrl(name: string, env?: NodeJS.ProcessEnv): string | undefined;
