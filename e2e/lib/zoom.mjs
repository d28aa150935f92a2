// What whoever enlarges a page must not lose: WCAG 1.4.4 (text at 200 %) and 1.4.10 (reflow).
import assert from 'node:assert/strict';

/** 200 % zoom of 1280 px is 640 px wide; then the text alone twice as large, on a desk and on a phone. */
const enlargements = [
  { name: '200 % zoom', width: 640, text: '' },
  { name: 'text at 200 % on 1280 px', width: 1280, text: '200%' },
  { name: 'text at 200 % on 390 px', width: 390, text: '200%' },
];

/** What is lost when the page is enlarged: each finding with where it was seen. */
export async function lostEnlarged(page) {
  const found = [];
  await page.evaluate(layOut, 'visible');
  for (const { name, width, text } of enlargements) {
    await page.setViewportSize({ width, height: 844 });
    await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, text);
    for (const f of await page.evaluate(lost)) found.push(`${name}: ${f}`);
  }
  await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
  await page.evaluate(layOut, '');
  await page.setViewportSize({ width: 1280, height: 900 });
  return found;
}

// Runs in the page. What is far from the window is not laid out until somebody comes near it (content-visibility), and has no
// true place until then: to be measured it is laid out now.
function layOut(how) {
  for (const e of document.querySelectorAll('.cards > li')) e.style.contentVisibility = how;
}

/** Fails when anything is. */
export async function enlarges(page) {
  assert.deepEqual(await lostEnlarged(page), [], page.url());
}

// Runs in the page: what sticks out sideways, what is cut off, what leaves its box, what lies over other words.
function lost() {
  const root = document.documentElement;
  const styles = new Map();
  const style = (e) => styles.get(e) ?? styles.set(e, getComputedStyle(e)).get(e);
  const up = function* (e) {
    for (; e && e !== document.body; e = e.parentElement) yield e;
  };
  const some = (e, fits) => [...up(e)].some(fits);
  // Words for screen readers alone, and what scrolls over the page on purpose.
  const unseen = (e) => !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || some(e, (a) => style(a).clipPath.startsWith('inset(50%'));
  const floats = (e) => some(e, (a) => ['sticky', 'fixed'].includes(style(a).position));
  const scrolls = (e) => ['auto', 'scroll'].includes(style(e).overflowX);
  const cuts = (e) => ['hidden', 'clip'].includes(style(e).overflowX) || ['hidden', 'clip'].includes(style(e).overflowY);
  const shortened = (e) => style(e).webkitLineClamp !== 'none';
  const painted = (e) => style(e).display !== 'inline' && style(e).display !== 'contents'
    && (parseFloat(style(e).borderInlineStartWidth) > 0 || parseFloat(style(e).borderInlineEndWidth) > 0 || !/, 0\)$|^transparent$/.test(style(e).backgroundColor));
  const out = (r, box, by = 2) => r.left < box.left - by || r.right > box.right + by || r.top < box.top - by || r.bottom > box.bottom + by;
  const found = new Set();
  const name = (e) => `${e.localName}${e.className && typeof e.className === 'string' ? `.${e.className.trim().replaceAll(/\s+/g, '.')}` : ''}`;

  if (root.scrollWidth > root.clientWidth) {
    const widest = [...document.body.querySelectorAll('*')].findLast((e) => e.getBoundingClientRect().right >= root.scrollWidth - 0.5);
    found.add(`the page is ${root.scrollWidth} px wide, by ${widest ? name(widest) : 'what cannot be seen'}`);
  }

  const items = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const text = n.data.trim().replaceAll(/\s+/g, ' ');
    const e = n.parentElement;
    if (!text || unseen(e)) continue;
    const range = document.createRange();
    range.selectNodeContents(n);
    for (const r of range.getClientRects()) {
      if (r.width < 1 || r.height < 1) continue;
      // The box of a line is taller than its letters.
      const letters = { left: r.left, right: r.right, top: r.top + r.height * 0.22, bottom: r.bottom - r.height * 0.22 };
      items.push({ what: `"${text.slice(0, 40)}" in ${name(e)}`, e, ...letters });
    }
  }
  const words = items.length;
  for (const e of document.querySelectorAll('svg.icon, input[type=checkbox], input[type=radio]')) {
    if (unseen(e)) continue;
    const { left, right, top, bottom } = e.getBoundingClientRect();
    items.push({ what: name(e), e, left, right, top, bottom });
  }
  for (const i of items.slice(0, words)) {
    if (!some(i.e, scrolls) && (i.right > root.clientWidth + 1 || i.left < -1)) found.add(`${i.what} leaves the window`);
    for (const a of up(i.e)) {
      if (scrolls(a)) break;
      if (cuts(a) && !shortened(a) && out(i, a.getBoundingClientRect())) found.add(`${i.what} is cut off by ${name(a)}`);
    }
    const box = [...up(i.e)].find((a) => painted(a) || scrolls(a) || shortened(a));
    if (box && painted(box) && !scrolls(box) && out(i, box.getBoundingClientRect())) found.add(`${i.what} leaves ${name(box)}`);
  }
  const still = items.filter((i) => !floats(i.e) && !some(i.e, shortened)).sort((a, b) => a.top - b.top);
  for (const [at, a] of still.entries()) {
    for (let k = at + 1; k < still.length && still[k].top < a.bottom - 2; k++) {
      const b = still[k];
      if (a.e !== b.e && !a.e.contains(b.e) && !b.e.contains(a.e) && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - b.top > 2) {
        found.add(`${a.what} and ${b.what} lie over each other`);
      }
    }
  }
  return [...found].slice(0, 12);
}
