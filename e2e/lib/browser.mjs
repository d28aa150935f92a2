// One Chromium per suite; each visitor has a context of their own, and a visitor who sees anything
// amiss fails the test: console errors, page errors, CSP reports, broken files, other origins.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

let launched;
/** The suite's browser. */
export function browser() {
  return (launched ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args }));
}

/** Ends the suite's browser. */
export async function closeBrowser() {
  await (await launched)?.close();
  launched = undefined;
}

/**
 * A visitor with an empty browser.
 * @param {string} origin the only origin they may talk to
 * @param {object} [options] of Playwright's newContext, and:
 *   elsewhere: hosts a link may lead to, answered by an empty page instead of the network;
 *   plain: leaves requests alone, so that the cache works as it does for people (for budgets)
 */
export async function visit(origin, { elsewhere = [], plain = false, ...options } = {}) {
  const context = await (await browser()).newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 900 },
    locale: 'en-AU',
    timezoneId: 'Australia/Sydney',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const visitor = new Visitor(context, origin, elsewhere);
  if (!plain) await visitor.fenceIn();
  visitor.page = await context.newPage();
  return visitor;
}

/** Runs fn with a visitor, and fails for anything they saw that was amiss. */
export async function withVisitor(origin, options, fn) {
  const v = await visit(origin, options);
  try {
    await fn(v.page, v);
    v.check();
  } finally {
    await v.context.close();
  }
}

class Visitor {
  #allowed = new Set();

  constructor(context, origin, elsewhere) {
    Object.assign(this, { context, origin, elsewhere, amiss: [], left: [] });
    context.on('page', (page) => this.#watch(page));
  }

  /** Says that a page answering this status is what the test is about. */
  expects(...statuses) {
    for (const s of statuses) this.#allowed.add(s);
  }

  /** Fails when the visitor saw anything amiss. */
  check() {
    assert.deepEqual(this.amiss, [], 'what a visitor must never see');
  }

  async fenceIn() {
    await this.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => {
        console.error(`CSP ${e.effectiveDirective} blocked ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`);
      });
    });
    await this.context.route((url) => !this.#ours(url.href), (route) => {
      const url = new URL(route.request().url());
      if (!this.elsewhere.includes(url.hostname) || !route.request().isNavigationRequest()) return route.abort();
      this.left.push(url.href);
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Elsewhere</title>' });
    });
  }

  #ours(url) {
    return url.startsWith(`${this.origin}/`) || /^(data|blob|about):/.test(url);
  }

  #watch(page) {
    page.on('pageerror', (e) => this.amiss.push(`page error: ${e.message}`));
    page.on('console', (m) => {
      // Failed loads are judged by their responses, below.
      if (m.type() === 'error' && !/^Failed to load resource/.test(m.text())) this.amiss.push(`console: ${m.text()}`);
    });
    page.on('request', (r) => {
      const known = r.isNavigationRequest() && this.elsewhere.includes(new URL(r.url()).hostname);
      if (!this.#ours(r.url()) && !known) this.amiss.push(`request to another origin: ${r.url()}`);
    });
    page.on('requestfailed', (r) => {
      const why = r.failure()?.errorText;
      if (this.#ours(r.url()) && why !== 'net::ERR_ABORTED') this.amiss.push(`${why}: ${r.url()}`);
    });
    page.on('response', (r) => {
      const answer = ['document', 'xhr', 'fetch'].includes(r.request().resourceType());
      if (r.status() >= 400 && !(answer && this.#allowed.has(r.status()))) this.amiss.push(`${r.status()}: ${r.url()}`);
    });
  }
}
