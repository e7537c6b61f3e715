export const images: { postgres: string; redis: string; kafka: string };
