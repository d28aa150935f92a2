// One run of Lighthouse in one Chromium.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

/** Runs fn with the port of a Chromium, and ends that. */
export async function withChromium(fn) {
  const chromium = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: flags, logLevel: 'error' });
  try {
    await fn(chromium.port);
  } finally {
    chromium.kill();
  }
}

/**
 * Measures an address as Lighthouse does by default: a middling phone on a slow line, simulated.
 * @returns {Promise<{scores: Record<string, number>, audits: Array, lcp: number, cls: number, tbt: number, bytes: number}>}
 *   scores from 0 to 100, lcp and tbt in milliseconds
 */
export async function measure(url, port, tries = 3) {
  const { lhr } = await lighthouse(url, { port, output: [], logLevel: 'error' });
  if (lhr.runtimeError && tries > 1) { // the tool lost its own trace, which says nothing about the page
    console.log(`  measured again: ${lhr.runtimeError.code}`);
    return measure(url, port, tries - 1);
  }
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const value = (id) => lhr.audits[id].numericValue;
  const scores = {};
  const audits = [];
  for (const [name, category] of Object.entries(lhr.categories)) {
    scores[name] = Math.round(category.score * 100);
    for (const { id, weight } of category.auditRefs) {
      const { score, title, displayValue = '', details } = lhr.audits[id];
      if (score !== null && score < 1) audits.push({ category: name, id, weight, score, title, displayValue, where: where(details) });
    }
  }
  return { scores, audits, lcp: value('largest-contentful-paint'), cls: value('cumulative-layout-shift'), tbt: value('total-blocking-time'), bytes: value('total-byte-weight') };
}

/** The first things that an audit points at. */
function where(details) {
  const said = (details?.items ?? []).flatMap((i) => [i.node?.selector, i.url, i.source?.url].filter(Boolean).slice(0, 1));
  return [...new Set(said)].slice(0, 3).join(', ');
}
