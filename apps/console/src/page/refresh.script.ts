/** Every two seconds, while somebody looks: the same part of the page again. What a person has focused or selected isn't touched. */
export const refresh = `
(() => {
  const live = document.getElementById('live'), away = document.getElementById('away'), pause = document.getElementById('pause');
  let paused = false, shown = live.innerHTML;
  const look = async () => {
    const busy = live.contains(document.activeElement) || (getSelection() && String(getSelection()) !== '');
    if (!paused && !document.hidden && !busy) {
      try {
        const answer = await fetch(live.dataset.from, { headers: { accept: 'text/html' } });
        const text = await answer.text();
        away.hidden = true;
        if (text !== shown) { live.innerHTML = text; shown = text; }
      } catch { away.hidden = false; }
    }
    setTimeout(look, 2000);
  };
  pause.hidden = false;
  pause.addEventListener('click', () => { paused = !paused; pause.setAttribute('aria-pressed', String(paused)); });
  setTimeout(look, 2000);
})();
`;
