// Confirming by link, wrong codes, lapsed holds, times that are gone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookable, booked, codeIn, hold, linkIn, times } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { chooseTime, giveDetails, held as seeHeld, mouse, sendDetails, toTimes } from '../lib/steps.mjs';
import { someone, wattle } from '../lib/suite.mjs';

/** A held time of the nth bookable therapist. */
async function held(server, who, nth) {
  const t = (await bookable(server))[nth];
  const slot = (await times(server, t.slug))[0];
  const { status, body } = await hold(server, who, t.slug, slot);
  assert.equal(status, 201, JSON.stringify(body));
  return { ...body, slot, slug: t.slug, bearer: { authorization: `Bearer ${body.token}` }, path: body.manage_url.replace(server.origin, '') };
}

test('the link of the mail: opening it confirms nothing, its button does', async () => {
  const server = await wattle();
  const who = someone();
  const b = await held(server, who, 1);
  const link = linkIn(await server.mail(who.email), /\/confirm\?/);
  for (const method of ['GET', 'HEAD']) await fetch(link, { method });
  const status = async () => (await server.api(`/api/v1/bookings/${b.id}`, { headers: b.bearer })).body.status;
  assert.equal(await status(), 'held', 'after a scanner opened the link');
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto(link);
    await page.waitForLoadState('networkidle');
    assert.equal(await status(), 'held', 'after a browser opened the link');
    await page.getByRole('main').getByRole('button', { name: /confirm/i }).click();
    await page.waitForURL(/done=confirmed/);
  });
  assert.equal(await status(), 'confirmed');
});

test('wrong codes are told, and the fifth ends the code', async () => {
  const server = await wattle();
  const who = someone();
  const b = await held(server, who, 2);
  const right = codeIn(await server.mail(who.email));
  const wrong = right === '000000' ? '111111' : '000000';
  await withVisitor(server.origin, {}, async (page, visitor) => {
    visitor.expects(409, 422, 429);
    await page.goto(b.path);
    const seen = [];
    for (let i = 0; i < 6; i++) {
      const code = page.locator('input[name=code]');
      if (!(await code.count())) break;
      await code.fill(wrong);
      const [answer] = await Promise.all([
        page.waitForResponse((r) => r.request().method() === 'POST'),
        page.getByRole('main').getByRole('button', { name: /confirm/i }).click(),
      ]);
      await page.waitForLoadState();
      seen.push(answer.status());
    }
    assert.equal(seen[0], 422);
    assert.equal(seen.at(-1), 429, `answers were ${seen}`);
    await page.getByRole('alert').first().waitFor();
  });
  const last = await server.api(`/api/v1/bookings/${b.id}/confirm`, { body: { code: right }, headers: b.bearer });
  assert.notEqual(last.status, 200, 'the right code comes too late');
});

test('a time that somebody else took: 409, nothing typed is lost, another time is one press away', async () => {
  const server = await wattle();
  const t = (await bookable(server))[3];
  await withVisitor(server.origin, {}, async (page, visitor) => {
    visitor.expects(409, 422);
    await page.goto(`/therapist/${t.slug}`);
    await toTimes(page, mouse);
    const { at } = await chooseTime(page, mouse, /go on with this time/i);
    const slot = (await times(server, t.slug)).find((s) => Date.parse(s.starts_at) === Date.parse(at));
    assert.equal((await hold(server, someone(), t.slug, slot)).status, 201, 'somebody is quicker');
    const who = someone();
    await giveDetails(page, mouse, who);
    await page.getByText(/choose another time below/i).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert', 'the news is where the reader starts');
    await sendDetails(page).click(); // without choosing one
    const problem = page.getByRole('alert').getByRole('link', { name: /choose a time/i });
    await problem.click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-at');
    assert.equal(await page.getByLabel(/your name/i).inputValue(), who.name);
    assert.equal(await page.getByLabel(/e-?mail/i).inputValue(), who.email);
    const others = page.locator('input[type=radio][name=at]');
    assert.equal(await others.count(), 3, 'three alternatives');
    await others.first().check({ force: true });
    await sendDetails(page).click();
    await seeHeld(page);
  });
});

test('a form with gaps: 422, each gap named, the summary leads to the field', async () => {
  const server = await wattle();
  const t = (await bookable(server))[4];
  await withVisitor(server.origin, {}, async (page, visitor) => {
    visitor.expects(422);
    await page.goto(`/therapist/${t.slug}/book?service=free-consultation`);
    await chooseTime(page, mouse, /go on with this time/i);
    await page.locator('input[name=for][value=adult]').check({ force: true });
    await page.getByLabel(/your name/i).fill('Sam');
    await page.getByLabel(/e-?mail/i).fill('not an address');
    await sendDetails(page).click();
    const summary = page.getByRole('alert').first();
    await summary.waitFor();
    await summary.getByRole('link').first().click();
    assert.equal(await page.evaluate(() => document.activeElement.name), 'email');
    assert.equal(await page.getByLabel(/your name/i).inputValue(), 'Sam');
  });
});

test('a note that is too long: 422, the whole note is kept, the summary leads to it', async () => {
  const server = await wattle();
  const b = await booked(server, someone(), 6);
  for (const javaScriptEnabled of [true, false]) {
    await withVisitor(server.origin, { javaScriptEnabled }, async (page, visitor) => {
      visitor.expects(422);
      await page.goto(b.path.replace('?', '/cancel?'));
      const note = page.getByLabel(/a word to/i), words = 'Sorry, I am ill. '.repeat(30).trim();
      await note.evaluate((e) => e.removeAttribute('maxlength')); // as from a browser that knows none
      await note.fill(words);
      await page.getByRole('main').getByRole('button', { name: /cancel the booking/i }).click();
      await page.getByRole('alert').getByRole('link', { name: /500 characters/ }).click();
      assert.equal(await note.inputValue(), words);
      assert.match(await page.title(), /^Error: /);
    });
  }
});

test('somebody under 18 gets a page of their own', async () => {
  const server = await wattle();
  const t = (await bookable(server))[4];
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto(`/therapist/${t.slug}/book?service=free-consultation`);
    await chooseTime(page, mouse, /go on with this time/i);
    await page.locator('input[name=for][value=child]').check({ force: true });
    await sendDetails(page).click();
    await page.waitForURL(/\/under-18/);
    await page.getByText(/kids helpline|headspace/i).first().waitFor();
  });
});

test('a booking is nobody else\'s business', async () => {
  const server = await wattle();
  const b = await booked(server, someone(), 5);
  await withVisitor(server.origin, {}, async (page, visitor) => {
    visitor.expects(404);
    for (const path of [`/booking/${b.id}`, `/booking/${b.id}?t=guessed`, `/booking/${b.id}/calendar.ics?t=guessed`, '/booking/nothing?t=guessed']) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 404, path);
    }
  });
});
