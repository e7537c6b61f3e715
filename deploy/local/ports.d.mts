export function freePort(remembered?: number, host?: string): Promise<number>;
