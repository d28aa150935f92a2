// What holds for every page: accessible, valid, nothing overflows, light to load.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';
import { visit } from './browser.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const out = join(import.meta.dirname, '..', 'out');

export const widths = [360, 768, 1280];
export const schemes = ['light', 'dark'];

/** Bytes a page may take over the wire: the first visit, and the next with what the browser kept. */
export const budget = { cold: 100 * 1024, warm: 15 * 1024 };

/** Fails for any finding of axe, in both colour schemes at all three widths. */
export async function accessible(page) {
  const found = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      for (const v of await findings(page)) found.push(`${width}px ${colorScheme}: ${v}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual([...new Set(found)], [], `axe on ${page.url()}`);
}

async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id} (${v.help}) at ${n.target.join(' ')}: ${n.any.concat(n.all, n.none).map((c) => c.message).join('; ')}`));
  });
}

/** Fails when something sticks out sideways at 320 px, which is also 1280 px at 400 % zoom. */
export async function fits(page, width = 320) {
  await page.setViewportSize({ width, height: 700 });
  const sticksOut = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
    return wide.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.className} ends at ${Math.round(e.getBoundingClientRect().right)}`).concat(`${root.scrollWidth} px wide`);
  });
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(sticksOut, [], `overflow at ${width} px on ${page.url()}`);
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
  },
}));

/** Fails when the HTML as served is not valid. */
export async function valid(html, where) {
  const report = await validator.validateString(html, 'page.html');
  const messages = report.results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
  assert.deepEqual(messages, [], `HTML of ${where}`);
}

/** The bytes that path takes over the wire, cold and warm, headers included. */
export async function weigh(origin, path) {
  const visitor = await visit(origin, { plain: true });
  try {
    const cdp = await visitor.context.newCDPSession(visitor.page);
    let bytes = 0;
    cdp.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
    await cdp.send('Network.enable');
    await visitor.page.goto(path, { waitUntil: 'networkidle' });
    const cold = bytes;
    bytes = 0;
    await visitor.page.goto('about:blank');
    await visitor.page.goto(path, { waitUntil: 'networkidle' });
    return { cold, warm: bytes };
  } finally {
    await visitor.context.close();
  }
}

/** Fails when the page is over the budget; says what it weighs either way. */
export async function light(t, origin, path) {
  const { cold, warm } = await weigh(origin, path);
  t.diagnostic(`${path}: ${(cold / 1024).toFixed(1)} KB cold, ${(warm / 1024).toFixed(1)} KB warm`);
  assert.ok(cold <= budget.cold, `${path} takes ${cold} bytes cold, ${budget.cold} are allowed`);
  assert.ok(warm <= budget.warm, `${path} takes ${warm} bytes warm, ${budget.warm} are allowed`);
}

/** Everything above but the budget, for the page as it stands and as it was served. */
export async function sound(page, html) {
  await accessible(page);
  await fits(page);
  if (html) await valid(html, page.url());
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
