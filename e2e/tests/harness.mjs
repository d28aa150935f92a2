// The harness shows its teeth: what a visitor must never see is seen here, and refused.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { withVisitor } from '../lib/browser.mjs';
import { accessible, fits, valid, weigh } from '../lib/checks.mjs';
import { readEvent } from '../lib/ics.mjs';
import { enlarges, lostEnlarged } from '../lib/zoom.mjs';

const bodies = {
  '/sound': '<p>All is well.</p>',
  '/broken-script': '<script src="/broken.js"></script>',
  '/inline-script': '<p>Hello</p><script>1</script>',
  '/other-origin': '<p><img alt="A pixel" src="http://127.0.0.1:1/pixel.png"></p>',
  '/missing-file': '<p><img alt="A picture" src="/missing.png"></p>',
  '/broken': '<p>Sorry</p>',
  '/no-alternative': '<p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></p>',
  '/wide': `<p>${'w'.repeat(400)}</p>`,
  '/invalid': '<p><div>Hello</div></p>',
  '/enlarged': '<p class="a">Some words to read in a row</p><p>And more of them</p>',
  '/exit': '<p><a href="https://elsewhere.example/">Leave</a></p>',
};

const document = (body) => `<!DOCTYPE html>
<html lang="en-AU">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A page</title>
</head>
<body>
<main>
<h1>A page</h1>
${body}
</main>
</body>
</html>
`;

function answer(request, response) {
  if (request.url === '/broken.js') return response.setHeader('content-type', 'text/javascript').end('null.nothing');
  const body = bodies[request.url];
  response.statusCode = body === undefined ? 404 : request.url === '/broken' ? 500 : 200;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  if (request.url !== '/other-origin') response.setHeader('content-security-policy', "default-src 'none'; script-src 'self'; img-src 'self' data:");
  response.end(document(body ?? '<p>Nothing is here.</p>'));
}

let server, origin;
before(async () => {
  server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${server.address().port}`;
});
after(() => server.close());

const open = (path, options) => withVisitor(origin, options, (page) => page.goto(path, { waitUntil: 'load' }));

test('harness: a sound page passes every check', () => withVisitor(origin, {}, async (page) => {
  const answer = await page.goto('/sound');
  await accessible(page);
  await fits(page);
  await valid(await answer.text(), '/sound');
}));

for (const [path, complaint] of Object.entries({
  '/broken-script': /page error/,
  '/inline-script': /Content Security Policy|CSP/,
  '/other-origin': /another origin/,
  '/missing-file': /404/,
  '/broken': /500/,
  '/nowhere': /404/,
})) {
  test(`harness: refuses ${path.slice(1)}`, () => assert.rejects(open(path), complaint));
}

test('harness: a page that should answer 404 may', () => withVisitor(origin, {}, async (page, visitor) => {
  visitor.expects(404);
  await page.goto('/nowhere');
}));

test('harness: leaving for somewhere else is seen, and allowed only where said', async () => {
  const leave = (options) => withVisitor(origin, options, async (page, visitor) => {
    await page.goto('/exit');
    await page.getByRole('link', { name: 'Leave' }).click();
    await page.waitForURL('https://elsewhere.example/', { timeout: 500 }).catch(() => {});
    return visitor;
  });
  await leave({ elsewhere: ['elsewhere.example'] });
  await assert.rejects(leave({}), /another origin/);
});

test('harness: axe, overflow and invalid HTML are found', () => withVisitor(origin, {}, async (page) => {
  await page.goto('/no-alternative');
  await assert.rejects(accessible(page), /image-alt/);
  await page.goto('/wide');
  await assert.rejects(fits(page), /overflow/);
  const served = await page.goto('/invalid');
  await assert.rejects(valid(await served.text(), '/invalid'), /close-order|element-permitted/);
}));

test('harness: what enlarging loses is found', () => withVisitor(origin, {}, async (page) => {
  await page.goto('/enlarged');
  await enlarges(page);
  for (const [style, finding] of Object.entries({
    'width: 30rem': /text at 200 % on 390 px: .* leaves the window/,
    'height: 1.4rem; overflow: hidden; width: 12rem': /is cut off by p\.a/,
    'border: 1px solid; width: 3rem; white-space: nowrap': /leaves p\.a/,
    'margin-bottom: -3rem': /lie over each other/,
    'position: absolute; top: 0': /lie over each other/,
  })) {
    await page.locator('.a').evaluate((e, css) => { e.style.cssText = css; }, style);
    const found = await lostEnlarged(page);
    assert.ok(found.some((f) => finding.test(f)), `${style}: ${JSON.stringify(found)}`);
  }
}));

test('harness: bytes are counted', async () => {
  const { cold, warm } = await weigh(origin, '/sound');
  assert.ok(cold > 300 && cold < 3000, `${cold} bytes cold`);
  assert.ok(warm > 0 && warm <= cold, `${warm} bytes warm`);
});

test('harness: the calendar reader reads', () => {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y', 'METHOD:PUBLISH', 'BEGIN:VEVENT', 'UID:1@x', 'SEQUENCE:2',
    'DTSTAMP:20260101T000000Z', 'DTSTART:20261201T060000Z', 'DTEND:20261201T061500Z', 'SUMMARY:Appointment', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  const { uid, sequence, start } = readEvent(text);
  assert.deepEqual([uid, sequence, start.toISOString()], ['1@x', 2, '2026-12-01T06:00:00.000Z']);
  assert.throws(() => readEvent('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'), /0 events/);
});
