// The main job: from the home page to a consultation that is confirmed, moved and cancelled. The
// same path by mouse, without JavaScript, and by keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookable, codeIn } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { readEvent } from '../lib/ics.mjs';
import { cancelBooking, cards, chooseTime, giveCode, giveDetails, held, keyboard, lowestOn, mouse, moveBooking, narrow, searchFromHome, toTimes } from '../lib/steps.mjs';
import { someone, wattle } from '../lib/suite.mjs';

const wish = { type: 'clinical-psychologist', most: 160, available: 'evening' };

/** The address of the calendar file that a booking's page links to. */
const calendarLink = (page) => page.getByRole('link', { name: /add to your calendar/i }).getAttribute('href');

/** That file, read by a reader that is not ours. */
async function calendarOf(page, href) {
  const answer = await page.request.get(href);
  assert.equal(answer.status(), 200, `calendar file: ${await answer.text()}`);
  assert.match(answer.headers()['content-type'], /^text\/calendar/);
  return readEvent(await answer.text());
}

/** Home → results → the first profile, checking what the results promise. */
async function findSomeone(page, hand, live) {
  await searchFromHome(page, hand, 'New South Wales');
  await narrow(page, hand, wish, live);
  const found = await cards(page).count();
  assert.ok(found >= 3, `${found} clinical psychologists in NSW with evenings for at most $160; the demo holds three`);
  for (let i = 0; i < found; i++) {
    const card = cards(page).nth(i);
    assert.ok((await lowestOn(card)) <= wish.most, `card ${i} costs ${await card.locator('.price').innerText()}`);
    assert.match(await card.locator('.t-title').innerText(), /^Clinical Psychologist/i);
  }
  const link = cards(page).first().getByRole('heading').getByRole('link');
  const name = (await link.innerText()).trim();
  await hand.press(page, link);
  await page.waitForURL(/\/therapist\//);
  assert.equal((await page.getByRole('heading', { level: 1 }).innerText()).trim(), name);
}

/** The whole path; answers how long it took until the booking was confirmed, in seconds. */
async function wholePath(page, hand, live) {
  const server = await wattle();
  const who = someone();
  const started = performance.now();
  await findSomeone(page, hand, live);
  await toTimes(page, hand);
  const first = await chooseTime(page, hand, /go on with this time/i);
  await giveDetails(page, hand, who);
  await held(page);
  await giveCode(page, hand, codeIn(await server.mail(who.email)));
  const took = (performance.now() - started) / 1000;

  const file = await calendarLink(page);
  const booked = await calendarOf(page, file);
  assert.equal(booked.start.getTime(), Date.parse(first.at), 'the calendar says the time that was chosen');
  assert.equal(booked.end - booked.start, 15 * 60_000, 'a quarter of an hour');

  const second = await moveBooking(page, hand, 1);
  const moved = await calendarOf(page, file);
  assert.equal(moved.start.getTime(), Date.parse(second.at));
  assert.notEqual(second.at, first.at);

  await cancelBooking(page, hand);
  const cancelled = await calendarOf(page, file);
  assert.equal(cancelled.status, 'CANCELLED');
  assert.deepEqual([moved.uid, cancelled.uid], [booked.uid, booked.uid], 'one UID for life');
  assert.ok(booked.sequence < moved.sequence && moved.sequence < cancelled.sequence,
    `SEQUENCE rises: ${booked.sequence}, ${moved.sequence}, ${cancelled.sequence}`);
  await mailsTellTheSame(server, who, booked.uid);
  return took;
}

/** The files in the mails are of the same event, its sequence rising, the last one a cancellation. */
async function mailsTellTheSame(server, who, uid) {
  await server.mail(who.email, (m) => /cancel/i.test(m.subject + m.text));
  const files = (await server.mails(who.email)).flatMap((m) => m.attachments.filter((a) => /calendar/.test(a.type)).slice(0, 1));
  const events = files.map((a) => readEvent(/^BEGIN:/.test(a.body) ? a.body : Buffer.from(a.body, 'base64').toString())).reverse();
  assert.equal(events.length, 3, 'confirmed, moved, cancelled');
  assert.deepEqual([...new Set(events.map((e) => e.uid))], [uid]);
  assert.deepEqual(events.map((e) => e.method), ['REQUEST', 'REQUEST', 'CANCEL']);
  assert.ok(events.every((e, i) => i === 0 || e.sequence > events[i - 1].sequence));
}

test('main job by mouse, confirmed within a minute', async (t) => {
  const { origin } = await wattle();
  await withVisitor(origin, {}, async (page) => {
    const took = await wholePath(page, mouse, true);
    t.diagnostic(`home to confirmed in ${took.toFixed(1)} s`);
    assert.ok(took < 60);
  });
});

test('main job without JavaScript', async () => {
  const { origin } = await wattle();
  await withVisitor(origin, { javaScriptEnabled: false }, (page) => wholePath(page, mouse, false));
});

test('main job by keyboard alone', async () => {
  const { origin } = await wattle();
  await withVisitor(origin, {}, (page) => wholePath(page, keyboard, true));
});

test('main job on a phone', async () => {
  const { origin } = await wattle();
  await withVisitor(origin, { viewport: { width: 390, height: 844 }, hasTouch: true }, async (page) => {
    await page.goto('/therapists?state=nsw&type=clinical-psychologist&max_fee=160&available=evening&free_consultation=true');
    await cards(page).first().getByRole('heading').getByRole('link').click();
    await toTimes(page, mouse);
    await chooseTime(page, mouse, /go on with this time/i, 2);
    const who = someone();
    await giveDetails(page, mouse, who);
    await held(page);
    await giveCode(page, mouse, codeIn(await (await wattle()).mail(who.email)));
  });
});

test('the reader\'s zone is chosen however late our script comes', async () => {
  const server = await wattle();
  const [{ slug }] = await bookable(server, 'state=wa');
  await withVisitor(server.origin, { timezoneId: 'Australia/Brisbane' }, async (page) => {
    await page.route(/\/wattle\..*js$/, async (route) => {
      await new Promise((late) => setTimeout(late, 800));
      await route.fallback();
    });
    await page.goto(`/therapist/${slug}/book?service=free-consultation`);
    await page.waitForURL(/tz=Australia%2FBrisbane/);
  });
});

test('a client elsewhere keeps both clocks all the way', async () => {
  const server = await wattle();
  const [{ slug }] = await bookable(server, 'state=wa');
  for (const javaScriptEnabled of [true, false]) {
    await withVisitor(server.origin, { javaScriptEnabled, timezoneId: 'Australia/Brisbane' }, async (page) => {
      await page.goto(`/therapist/${slug}/book?service=free-consultation`);
      if (!javaScriptEnabled) {
        await page.getByLabel(/your time zone/i).selectOption('Australia/Brisbane');
        await page.getByRole('button', { name: /show these times/i }).click();
      }
      await page.waitForURL(/tz=Australia%2FBrisbane/);
      const { label } = await chooseTime(page, mouse, /go on with this time/i);
      assert.match(label, /brisbane\s+\(your time\)/i);
      const who = someone();
      await page.getByText(/perth time.*brisbane, your time/i).first().waitFor();
      await giveDetails(page, mouse, who);
      await held(page);
      await page.getByText(/perth time.*brisbane, your time/i).first().waitFor();
      const { text } = await server.mail(who.email);
      assert.match(text, /brisbane/i, 'the mail says the time in Brisbane too');
    });
  }
});
