// What holds for every page: accessible, valid, nothing overflows, light to load.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';
import { visit } from './browser.mjs';
import { lostEnlarged } from './zoom.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const out = join(import.meta.dirname, '..', 'out');

export const widths = [360, 768, 1280];
export const schemes = ['light', 'dark'];

/** Bytes a page may take over the wire: the first visit, and the next with what the browser kept. */
export const budget = { cold: 100 * 1024, warm: 15 * 1024 };

/** Each width in each scheme; and the two that differ most, for pages which are much like others. */
const everyLook = widths.flatMap((w) => schemes.map((s) => [w, s]));
export const twoLooks = [[360, 'dark'], [1280, 'light']];

/** What axe finds in the looks given: each finding once, with where it was seen. */
async function axe(page, looks = everyLook) {
  const found = new Map();
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const v of await findings(page)) found.set(v, [...(found.get(v) ?? []), `${width} ${colorScheme}`]);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 900 });
  return [...found].map(([v, seen]) => `axe: ${v} [${seen.length === looks.length ? 'everywhere' : seen.join(', ')}]`);
}

/** Fails for any finding of axe. */
export async function accessible(page, looks) {
  assert.deepEqual(await axe(page, looks), [], page.url());
}

async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    const why = (n) => [...n.any, ...n.all, ...n.none].map((c) => c.message).join('; ');
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id} at ${n.target.join(' ')}: ${why(n)}`));
  });
}

/** What sticks out sideways at 320 px, which is also 1280 px at 400 % zoom. */
async function overflow(page, width = 320) {
  await page.setViewportSize({ width, height: 700 });
  const sticksOut = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
    return wide.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.className} ends at ${Math.round(e.getBoundingClientRect().right)}`).concat(`${root.scrollWidth} px wide`);
  });
  await page.setViewportSize({ width: 1280, height: 900 });
  return sticksOut.map((o) => `overflow at ${width} px: ${o}`);
}

/** Fails when anything does. */
export async function fits(page) {
  assert.deepEqual(await overflow(page), [], page.url());
}

const validator = new HtmlValidate(new FileSystemConfigLoader({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    'require-sri': ['error', { target: 'crossorigin' }],
    'no-inline-style': 'error',
    'script-element': 'error',
    'long-title': 'off', // titles name a person and a place
    'tel-non-breaking': 'off',
    'prefer-native-element': ['error', { exclude: ['region'] }], // a box that scrolls sideways is one
    'aria-label-misuse': ['error', { allowAnyNamable: true }], // a list may have a name
    'no-implicit-button-type': 'off', // a button in a form sends it, which is what is meant
  },
}));

/** What is not valid in the HTML as served. */
async function invalid(html) {
  const report = await validator.validateString(html, 'page.html');
  return report.results.flatMap((r) => r.messages.map((m) => `html ${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
}

/** Fails when anything is not. */
export async function valid(html, where) {
  assert.deepEqual(await invalid(html), [], where);
}

/**
 * The bytes that path takes over the wire, cold and warm, headers included; meanwhile is done in
 * between. Warm is what the second visit fetches again: a picture further down, which the browser came
 * to fetch on one visit and not on the other, is no repetition.
 */
export async function weigh(origin, path, meanwhile = () => {}) {
  const visitor = await visit(origin, { plain: true });
  try {
    const cdp = await visitor.context.newCDPSession(visitor.page);
    const addresses = new Map();
    const fetched = new Map();
    let visited = new Set();
    cdp.on('Network.requestWillBeSent', (e) => addresses.set(e.requestId, e.request.url));
    cdp.on('Network.loadingFinished', (e) => fetched.set(e.requestId, e.encodedDataLength));
    const weight = () => {
      let bytes = 0;
      const now = new Set();
      for (const [id, size] of fetched) {
        now.add(addresses.get(id));
        if (visited.size === 0 || visited.has(addresses.get(id))) bytes += size;
      }
      visited = now;
      fetched.clear();
      return bytes;
    };
    await cdp.send('Network.enable');
    await visitor.page.goto(path, { waitUntil: 'networkidle' });
    const cold = weight();
    await meanwhile();
    await visitor.page.goto('about:blank');
    await visitor.page.goto(path, { waitUntil: 'networkidle' });
    return { cold, warm: weight() };
  } finally {
    await visitor.context.close();
  }
}

/**
 * Fails when the page is over the budget; says what it weighs either way. A minute passes between
 * the visits, so that the page itself is sent again and only the files are kept.
 */
export async function light(t, server, path) {
  const { cold, warm } = await weigh(server.origin, path, () => server.moveClock({ advance: '1m' }));
  t.diagnostic(`${path}: ${(cold / 1024).toFixed(1)} KB cold, ${(warm / 1024).toFixed(1)} KB warm`);
  assert.ok(cold <= budget.cold, `${path} takes ${cold} bytes cold, ${budget.cold} are allowed`);
  assert.ok(warm <= budget.warm, `${path} takes ${warm} bytes warm, ${budget.warm} are allowed`);
}

/** Everything above but the budget, for the page as it stands and as it was served; all findings at once. */
export async function sound(page, html, looks) {
  assert.deepEqual([...(await axe(page, looks)), ...(await overflow(page)), ...(await lostEnlarged(page)), ...(await invalid(html))], [], page.url());
}

/** Pictures of the page for people to look at, under e2e/out, when E2E_SHOTS is set. */
export async function picture(page, name) {
  if (!process.env.E2E_SHOTS) return;
  mkdirSync(out, { recursive: true });
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(out, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 900 });
}
