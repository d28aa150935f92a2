// Every page: axe in both colour schemes at three widths, nothing overflows or is lost when enlarged, valid HTML, budgets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookable, booked, codeIn, hold, linkIn, times } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { light, picture, sound, twoLooks } from '../lib/checks.mjs';
import { sendDetails } from '../lib/steps.mjs';
import { someone, wattle } from '../lib/suite.mjs';

/** Pages that stand by themselves: name → address, and the status they answer when not 200. */
const plain = {
  home: '/',
  results: '/therapists?state=nsw',
  'results-filtered': '/therapists?state=vic&type=psychologist&max_fee=200&mode=video',
  'results-last': '/therapists?page=2',
  'landing-state': '/therapists/nsw',
  'landing-place': '/therapists/nsw/near/newtown-2042',
  'results-understood': '/therapists?q=anxiety%20therapist%20in%20Newtown%20NSW%20under%20%24200%20on%20weekends',
  'results-as-typed': '/therapists?q=anxiety%20newtown%20nsw&understand=false',
  'results-which-place': '/therapists?q=anxiety%20in%20newtown',
  landing: '/therapists/nsw/clinical-psychologist',
  'landing-issue': '/therapists/vic/psychologist/anxiety',
  zero: '/therapists?state=nsw&type=clinical-psychologist&max_fee=20&available=evening',
  'crisis-words': '/therapists?q=suicidal',
  noted: '/therapists?max_fee=lots',
  guides: '/guides',
  'guide-costs': '/guides/therapy-costs',
  'guide-trust': '/guides/rebuilding-trust',
  match: '/match',
  crisis: '/crisis',
  order: '/how-results-are-ordered',
  privacy: '/privacy',
  terms: '/terms',
  accessibility: '/accessibility',
  integrity: '/integrity',
  'under-18': '/under-18',
  'api-docs': '/api/docs',
  'not-found': ['/nowhere', 404],
};

/** Opens a page and holds it to everything. */
async function look(server, name, path, status = 200, looks = undefined) {
  await withVisitor(server.origin, {}, async (page, visitor) => {
    if (status !== 200) visitor.expects(status);
    const answer = await page.goto(path);
    assert.equal(answer.status(), status, path);
    await picture(page, name);
    await sound(page, await answer.text(), looks);
  });
}

for (const [name, where] of Object.entries(plain)) {
  test(`page: ${name}`, async (t) => {
    const server = await wattle();
    const [path, status] = [where].flat();
    await look(server, name, path, status);
    if (status === undefined) await light(t, server, path);
  });
}

test('page: profile and the way to a booking', async (t) => {
  const server = await wattle();
  const { slug } = (await bookable(server, 'state=nsw'))[6];
  const slot = (await times(server, slug))[0];
  const details = `/therapist/${slug}/book?${new URLSearchParams({ service: 'free-consultation', mode: slot.modes[0], at: slot.starts_at })}`;
  for (const [name, path] of Object.entries({ profile: `/therapist/${slug}`, times: `/therapist/${slug}/book?service=free-consultation`, 'times-missing': `/therapist/${slug}/book?service=free-consultation&missing=1`, details })) {
    await look(server, name, path);
    await light(t, server, path);
  }
});

test('page: details with every gap named', async () => {
  const server = await wattle();
  const { slug } = (await bookable(server, 'state=nsw'))[6];
  const slot = (await times(server, slug))[0];
  await withVisitor(server.origin, {}, async (page, visitor) => {
    visitor.expects(422);
    await page.goto(`/therapist/${slug}/book?${new URLSearchParams({ service: 'free-consultation', mode: slot.modes[0], at: slot.starts_at })}`);
    await page.locator('input[name=for][value=adult]').check({ force: true });
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST'),
      sendDetails(page).click(),
    ]);
    const html = await answer.text();
    await page.getByRole('alert').first().waitFor();
    await picture(page, 'details-errors');
    await sound(page, html);
  });
});

test('page: a booking from held to cancelled, for both sides', async () => {
  const server = await wattle();
  const who = someone();
  const t = (await bookable(server))[7];
  const slot = (await times(server, t.slug))[0];
  const { status, body } = await hold(server, who, t.slug, slot);
  assert.equal(status, 201, JSON.stringify(body));
  const { pathname, search } = new URL(body.manage_url);
  const bearer = { authorization: `Bearer ${body.token}` };
  const mail = await server.mail(who.email);
  await look(server, 'held', pathname + search);
  await look(server, 'confirm-link', linkIn(mail, /\/confirm\?/).replace(server.origin, ''));
  await server.api(`/api/v1/bookings/${body.id}/confirm`, { body: { code: codeIn(mail) }, headers: bearer });
  await look(server, 'confirmed', pathname + search);
  await look(server, 'move', `${pathname}/reschedule${search}`);
  await look(server, 'cancel', `${pathname}/cancel${search}`);
  const [{ email }] = await server.sql(`SELECT email FROM therapists WHERE slug = '${t.slug}'`);
  const practice = linkIn(await server.mail(email, (m) => m.text.includes(body.id)), new RegExp(`/booking/${body.id}`)).replace(server.origin, '');
  await look(server, 'practice', practice);
  await server.api(`/api/v1/bookings/${body.id}/cancel`, { body: {}, headers: bearer });
  await look(server, 'cancelled', pathname + search);
  await look(server, 'practice-cancelled', practice);
});

test('page: a lapsed hold', async () => {
  const server = await wattle();
  const t = (await bookable(server))[8];
  const { body } = await hold(server, someone(), t.slug, (await times(server, t.slug))[0]);
  const { pathname, search } = new URL(body.manage_url);
  await server.moveClock({ advance: '16m' });
  try {
    await look(server, 'lapsed', pathname + search);
  } finally {
    await server.moveClock({ advance: '-16m' });
  }
  await booked(server, someone(), 9);
});

test('page: two zones side by side overflow nothing', async () => {
  const server = await wattle();
  const { slug } = (await bookable(server, 'state=wa'))[0];
  await look(server, 'times-two-zones', `/therapist/${slug}/book?service=free-consultation&tz=Australia%2FSydney`);
});

test('page: what is hard to reach, from the gallery', async () => {
  const server = await wattle();
  const list = await (await fetch(`${server.origin}/dev/gallery`)).text();
  // Of the error pages, all alike, the one that has most on it.
  const names = [...list.matchAll(/href="\/dev\/gallery\/([^"]+)"/g)].map((m) => m[1]).filter((n) => !n.startsWith('error-') || n === 'error-503');
  assert.ok(names.length > 20);
  for (const name of names) await look(server, `gallery-${name}`, `/dev/gallery/${name}`, name === 'error-503' ? 503 : 200, twoLooks);
});

test('page: every static file is fresh for ever and every page forbids framing', async () => {
  const server = await wattle();
  const answer = await fetch(server.origin);
  const html = await answer.text();
  const csp = answer.headers.get('content-security-policy');
  for (const need of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(csp.includes(need), `CSP lacks ${need}: ${csp}`);
  assert.doesNotMatch(csp, /unsafe|https?:\/\/(?!checkout\.stripe\.com)/);
  const files = [...html.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((m) => m[1]);
  assert.ok(files.length >= 4);
  for (const f of new Set(files)) {
    const file = await fetch(server.origin + f);
    assert.equal(file.status, 200, f);
    assert.match(file.headers.get('cache-control'), /immutable/, f);
  }
});

test('page: no link leads nowhere', async (t) => {
  const server = await wattle();
  const waiting = ['/'], known = new Set(waiting), dead = [];
  // One of each kind of page is enough: addresses that differ in a name or number alone are one kind.
  const kinds = new Map();
  const kind = (p) => p.replace(/\/therapist\/[^/?]+/, '/therapist/x').replace(/=[^&]*/g, '=x');
  let asked = 0;
  while (waiting.length && asked < 400) {
    const path = waiting.shift();
    const answer = await fetch(server.origin + path, { redirect: 'manual' });
    asked++;
    if (answer.status >= 400) dead.push(`${answer.status} ${path}`);
    if (!/html/.test(answer.headers.get('content-type') ?? '')) continue;
    for (const [, href] of (await answer.text()).matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const url = new URL(href.replaceAll('&amp;', '&'), server.origin + path);
      const to = url.pathname + url.search;
      if (url.origin !== server.origin || url.pathname.startsWith('/dev/') || known.has(to)) continue;
      known.add(to);
      const n = kinds.get(kind(to)) ?? 0;
      kinds.set(kind(to), n + 1);
      if (n < 3) waiting.push(to);
    }
  }
  t.diagnostic(`${asked} pages asked for`);
  assert.deepEqual(dead, []);
});
