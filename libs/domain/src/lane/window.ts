/** How many requests of one agency this process may have under way. Grows while answers come, halves on overload. */
export interface Window {
  size: number;
  /** Below this it doubles with every round of answers, above it grows by one a round. */
  slowStartUpTo: number;
  /** Answers since the last growth of one. */
  answered: number;
  /** Overloads before this moment (monotonic ms) belong to the one already counted: a full window fails at once. */
  deafUntil: number;
}

export const openWindow = (most: number): Window => ({
  size: Math.min(most, 8),
  slowStartUpTo: most,
  answered: 0,
  deafUntil: 0,
});

/** After an outage one request at a time, then two, then four: a partner that just came up isn't buried. */
export const slowStart = (most: number): Window => ({ ...openWindow(most), size: 1 });

/** An answer that wasn't overload. */
export function afterAnswer(window: Window, most: number): Window {
  if (window.size >= most) return window.size === most ? window : { ...window, size: most };
  if (window.size < window.slowStartUpTo) return { ...window, size: window.size + 1 };
  if (window.answered + 1 < window.size) return { ...window, answered: window.answered + 1 };
  return { ...window, size: window.size + 1, answered: 0 };
}

/** Busy, or no answer in time. */
export function afterOverload(window: Window, now: number, deafMs: number): Window {
  if (now < window.deafUntil) return window;
  const half = Math.max(1, Math.floor(window.size / 2));
  return { size: half, slowStartUpTo: half, answered: 0, deafUntil: now + deafMs };
}
