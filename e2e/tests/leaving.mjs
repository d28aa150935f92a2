// Quick exit: first in the tab order everywhere, with and without a script, and no way back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookable } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { wattle } from '../lib/suite.mjs';

const elsewhere = ['www.bom.gov.au'];

test('quick exit is the first stop of Tab, and leaves', async () => {
  const server = await wattle();
  const { slug } = (await bookable(server))[0];
  for (const javaScriptEnabled of [true, false]) {
    for (const path of ['/', '/therapists?q=anxiety', `/therapist/${slug}`, `/therapist/${slug}/book?service=free-consultation`, '/crisis', '/nowhere']) {
      await withVisitor(server.origin, { javaScriptEnabled, elsewhere }, async (page, visitor) => {
        if (path === '/nowhere') visitor.expects(404);
        await page.goto(path);
        await page.keyboard.press('Tab');
        assert.match(await page.evaluate(() => document.activeElement.innerText), /quick exit/i, path);
        await page.keyboard.press('Enter');
        await page.waitForURL((u) => elsewhere.includes(u.hostname));
        assert.equal(visitor.left.length, 1);
        assert.doesNotMatch(visitor.left[0], /therap|anx|\?/i, 'nothing of this site goes along');
      });
    }
  }
});

test('Shift three times leaves too, and Back does not return', async () => {
  const { origin } = await wattle();
  await withVisitor(origin, { elsewhere }, async (page) => {
    await page.goto('/');
    await page.goto('/therapists?q=anxiety');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift');
    await page.waitForURL((u) => elsewhere.includes(u.hostname));
    await page.goBack();
    assert.doesNotMatch(page.url(), /q=anxiety/, 'the page that was left is not in the history');
  });
});
