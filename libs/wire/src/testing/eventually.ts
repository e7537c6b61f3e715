/** Tries until it doesn't throw; the last failure is what the test shows. Waits on a condition, never on the clock. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 90_000): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
