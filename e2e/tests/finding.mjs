// Searching: filters without a script, nothing found, crisis words, malformed addresses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookable } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { cards, mouse, narrow } from '../lib/steps.mjs';
import { wattle } from '../lib/suite.mjs';

const total = async (page) => Number((await page.locator('#found').innerText()).replace(/,/g, '').match(/\d+/)?.[0] ?? 0);

test('filters work the same with and without JavaScript, and as the API says', async () => {
  const server = await wattle();
  const wish = { type: 'psychologist', most: 200, available: 'week' };
  const seen = {};
  for (const javaScriptEnabled of [true, false]) {
    await withVisitor(server.origin, { javaScriptEnabled }, async (page) => {
      await page.goto('/therapists?state=vic');
      await narrow(page, mouse, wish, javaScriptEnabled);
      await page.locator('#found').filter({ hasText: /\d/ }).waitFor();
      seen[javaScriptEnabled] = await total(page);
      const chips = page.locator('.chips');
      await chips.getByRole('link', { name: /psychologist/i }).click();
      await page.waitForURL((u) => !u.search.includes('type='));
      assert.ok((await total(page)) >= seen[javaScriptEnabled], 'a filter less brings at least as many');
    });
  }
  const { body } = await server.api('/api/v1/therapists?state=vic&type=psychologist&max_fee=200&available=week&per_page=1');
  assert.deepEqual([seen.true, seen.false], [body.total, body.total]);
});

test('a psychologist search never shows counsellors', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/therapists?q=psychologist');
    for (const title of await cards(page).locator('.t-title').allTextContents()) assert.match(title, /psychologist/i);
  });
});

test('plain words become filters in the open, with and without JavaScript', async () => {
  const server = await wattle();
  const said = 'anxiety in Newtown NSW under $200';
  const { body } = await server.api(`/api/v1/therapists?understand=true&q=${encodeURIComponent(said)}&per_page=1`);
  assert.equal(body.understood.q, '');
  for (const javaScriptEnabled of [true, false]) {
    await withVisitor(server.origin, { javaScriptEnabled }, async (page) => {
      await page.goto('/');
      await page.getByLabel(/your own words/i).fill(said);
      await page.getByRole('button', { name: /show therapists/i }).click();
      await page.getByText(`We understood “${said}” as`).waitFor();
      assert.equal(await total(page), body.total);
      const box = page.locator('#filters').getByLabel(/search by name/i);
      assert.equal(await box.inputValue(), '', 'what was understood is not asked for twice');
      await page.locator('.understood').getByRole('link', { name: /up to \$200/i }).click();
      await page.waitForURL((u) => u.search.includes('issue=anxiety') && !u.search.includes('max_fee'));
      assert.ok((await total(page)) >= body.total);
      // On the page of results, by the box itself; Enter sends it.
      await box.fill('someone who speaks arabic');
      await box.press('Enter');
      await page.locator('.understood').getByRole('link', { name: /arabic/i }).waitFor();
      assert.equal(await box.inputValue(), '');
      await page.locator('.understood').getByRole('link', { name: /as they stand/i }).click();
      await page.getByText(/exactly as it stands/).waitFor();
      assert.equal(await box.inputValue(), 'someone who speaks arabic');
    });
  }
});

test('a filter that was understood can be taken off in the panel and stays off', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/therapists?q=anxiety%20evenings');
    await page.locator('.understood').waitFor();
    await page.locator('#filters input[name=available][value=evening]').uncheck({ force: true });
    await page.waitForURL((u) => u.search.includes('issue=anxiety') && !u.search.includes('available'));
    assert.equal(await page.locator('#filters input[name=available][value=evening]').isChecked(), false);
  });
});

for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
  test(`another order is shown as soon as it is chosen, and again, at ${viewport.width}`, async () => {
    const server = await wattle();
    await withVisitor(server.origin, { viewport }, async (page) => {
      await page.goto('/therapists?issue=anxiety');
      await page.locator('#sort').selectOption('price');
      await page.waitForURL((u) => u.search.includes('sort=price') && u.search.includes('issue=anxiety'));
      await page.locator('#sort').selectOption('');
      await page.waitForURL((u) => !u.search.includes('sort=') && u.search.includes('issue=anxiety'));
      assert.equal(await page.locator('#sort').inputValue(), '');
    });
  });
}

test('nothing found: the page says which filter to loosen, and the link keeps its word', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/therapists?state=nsw&type=clinical-psychologist&max_fee=20&available=evening');
    assert.equal(await cards(page).count(), 0);
    const way = page.locator('.results .loosen').getByRole('link').first();
    const promised = Number((await way.locator('xpath=..').innerText()).match(/(\d+) therapist/)[1]);
    assert.ok(promised > 0);
    await way.click();
    await page.locator('article.therapist').first().waitFor();
    assert.equal(await total(page), promised);
  });
});

test('crisis words show the crisis panel before anything else', async () => {
  const server = await wattle();
  for (const q of ['suicidal thoughts', 'i want to kill myself']) {
    await withVisitor(server.origin, {}, async (page) => {
      await page.goto(`/therapists?q=${encodeURIComponent(q)}`);
      const panel = page.getByRole('main').locator('section.crisis');
      await panel.getByText('13 11 14').first().waitFor();
      const isFirst = await panel.evaluate((p) => {
        const h = document.querySelector('main h1, main h2, main form');
        return p.contains(h) || Boolean(p.compareDocumentPosition(h) & Node.DOCUMENT_POSITION_FOLLOWING);
      });
      assert.ok(isFirst, 'the panel stands above the results');
    });
  }
  assert.doesNotMatch(server.log, /suicid|kill myself/i, 'and such words are not logged');
});

test('malformed filters are dropped with a note, unknown names silently', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/therapists?max_fee=lots&utm_source=x');
    await page.getByRole('main').locator('.notice').first().waitFor();
    const before = await page.getByRole('main').innerText();
    assert.doesNotMatch(before, /utm_source/);
  });
});

test('an unlisted or unknown address is a designed 404 with ways on', async () => {
  const server = await wattle();
  for (const javaScriptEnabled of [true, false]) {
    await withVisitor(server.origin, { javaScriptEnabled }, async (page, visitor) => {
      visitor.expects(404, 405);
      for (const path of ['/nowhere', '/therapist/nobody-at-all', '/therapists/nsw/astrology']) {
        assert.equal((await page.goto(path)).status(), 404, path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.getByRole('main').getByRole('link', { name: /find a therapist/i }).waitFor();
      }
    });
  }
});

test('a shown next free time can be booked', async () => {
  const server = await wattle();
  for (const t of (await bookable(server)).slice(0, 20)) {
    const { body } = await server.api(`/api/v1/therapists/${t.slug}/slots?service=${t.next_service}&days=62`);
    const first = body.days.flatMap((d) => d.slots)[0]?.starts_at;
    assert.equal(Date.parse(first), Date.parse(t.next_available_at), `${t.slug}: the card says ${t.next_available_at}, the calendar ${first}`);
  }
});
