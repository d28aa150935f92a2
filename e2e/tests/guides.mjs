// Guides: from home through an article and its sources to a booking, with and without a script; on paper.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withVisitor } from '../lib/browser.mjs';
import { light, picture, sound, twoLooks } from '../lib/checks.mjs';
import { cards } from '../lib/steps.mjs';
import { wattle } from '../lib/suite.mjs';

test('a guide leads from home to its sources and to somebody who can be called', async () => {
  const server = await wattle();
  for (const javaScriptEnabled of [true, false]) {
    await withVisitor(server.origin, { javaScriptEnabled, viewport: { width: 390, height: 844 } }, async (page) => {
      await page.goto('/');
      await page.getByRole('main').getByRole('link', { name: 'Rebuilding trust after it has been broken' }).click();
      await page.getByRole('heading', { level: 1, name: /rebuilding trust/i }).waitFor();
      await page.getByText('Not yet clinically reviewed').first().waitFor();

      const way = page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'When to get help' });
      await way.click();
      await page.waitForURL(/#help$/);
      await page.getByRole('main').locator('section.crisis').getByRole('link', { name: /1800 737 732/ }).waitFor();

      const source = page.locator('.cite a').first();
      const to = await source.getAttribute('href');
      await source.click();
      await page.waitForURL((u) => u.hash === to);
      assert.ok(await page.locator(`.sources ${to}`).isVisible(), 'a reference leads to its source');

      assert.equal(await cards(page).count(), 3, 'three people stand at the end');
      const states = await cards(page).locator('.facts li:first-child').allInnerTexts();
      assert.equal(new Set(states.map((s) => s.match(/\b(NSW|VIC|QLD|SA|WA|TAS|ACT|NT)\b/)[0])).size, 3, `of different states: ${states}`);
      await cards(page).first().getByRole('link', { name: /book a free/i }).click();
      await page.waitForURL(/\/therapist\/[^/]+\/book\?service=free-consultation/);
      assert.ok((await page.locator('input[type=radio]').count()) > 0, 'there are times to choose from');
    });
  }
});

test('every guide is sound and light, whatever it holds', async (t) => {
  const server = await wattle();
  const { body } = await server.api('/api/v1/guides');
  assert.ok(body.total >= 6);
  for (const { slug } of body.results) {
    await withVisitor(server.origin, {}, async (page) => {
      const answer = await page.goto(`/guides/${slug}`);
      await picture(page, `each-${slug}`);
      await sound(page, await answer.text(), twoLooks);
    });
    await light(t, server, `/guides/${slug}`);
  }
});

test('a guide prints its text and its sources, and nothing to press', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/guides/therapy-costs');
    await page.emulateMedia({ media: 'print' });
    for (const shown of ['h1', '.takeaways', '.rates', '#sources', '.sources li']) assert.ok(await page.locator(shown).first().isVisible(), shown);
    for (const hidden of ['.safety', 'header.site', '.contents', '.guide-people', '.site-foot']) assert.ok(!(await page.locator(hidden).first().isVisible()), hidden);
  });
});
