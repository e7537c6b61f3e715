const LIVE_EVERY_MS = 200;
const REMIND_EVERY_MS = 15_000;
const TITLE_WIDTH = 34;

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Steps with their seconds: one live line on a terminal, a finished line a step elsewhere. */
export function createProgress({ quiet = false, out = process.stdout } = {}) {
  const live = Boolean(out.isTTY) && !quiet;
  let current;
  let muted = false;

  const clear = () => {
    if (live && current) out.write('\r\x1b[2K');
  };
  const draw = () => {
    if (live && current && !muted)
      out.write(`\r\x1b[2K  · ${titled(current)}${seconds(Date.now() - current.since)}  ${current.detail}`);
  };
  /** A line of its own, above the live one. */
  const say = (line) => {
    clear();
    out.write(`${line}\n`);
    draw();
  };

  async function step(vi, en, work) {
    current = { title: `${vi} · ${en}`, since: Date.now(), detail: '' };
    const mine = current;
    const timer = setInterval(
      () =>
        live
          ? draw()
          : !quiet && !muted && out.write(`  … ${titled(mine)}${seconds(Date.now() - mine.since)}  ${mine.detail}\n`),
      live ? LIVE_EVERY_MS : REMIND_EVERY_MS,
    );
    draw();
    const end = (mark, text) => {
      clearInterval(timer);
      clear();
      current = undefined;
      if (!muted && (!quiet || mark === '✗'))
        out.write(`  ${mark} ${titled(mine)}${seconds(Date.now() - mine.since)}  ${text}\n`);
    };
    try {
      const result = await work((detail) => {
        mine.detail = detail;
        draw();
      });
      end('✓', mine.detail);
      return result;
    } catch (error) {
      end('✗', '');
      throw error;
    }
  }

  /** From here on only `say` is heard: a step that ends because everything stops is no news. */
  const mute = () => {
    clear();
    current = undefined;
    muted = true;
  };
  return { step, say, mute, note: (line) => !quiet && say(line) };
}

const titled = ({ title }) => title.padEnd(TITLE_WIDTH);
