// The search box: suggestions by keyboard, by touch, for a screen reader, and none of it without a script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookable } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { accessible, fits, picture, twoLooks } from '../lib/checks.mjs';
import { wattle } from '../lib/suite.mjs';

const boxOn = (page) => page.locator('input[type=search][name=q]');
const list = (page) => page.getByRole('listbox', { name: 'Suggestions' });
const chosen = (page) => boxOn(page).evaluate((e) => document.getElementById(e.getAttribute('aria-activedescendant') ?? '')?.innerText ?? '');

/** Types into the box as a person does and waits for the list. */
async function type(page, text) {
  await boxOn(page).focus();
  await page.keyboard.type(text);
  await list(page).waitFor();
}

for (const where of ['/', '/therapists']) {
  test(`suggestions by keyboard alone on ${where}`, async () => {
    const server = await wattle();
    await withVisitor(server.origin, {}, async (page) => {
      await page.goto(where);
      const box = boxOn(page);
      assert.equal(await box.getAttribute('aria-expanded'), 'false');
      await type(page, 'anx');
      assert.equal(await box.getAttribute('aria-expanded'), 'true');
      assert.equal(await chosen(page), '', 'nothing is chosen before an arrow is pressed');
      await page.keyboard.press('ArrowDown');
      assert.equal(await chosen(page), 'Anxiety');
      await page.keyboard.press('ArrowDown');
      assert.notEqual(await chosen(page), 'Anxiety');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      assert.equal(await chosen(page), '', 'above the first are the words themselves');
      await page.keyboard.press('Escape');
      await list(page).waitFor({ state: 'hidden' });
      assert.equal(await box.inputValue(), 'anx', 'Escape closes the list and keeps the words');
      await page.keyboard.press('ArrowDown');
      await list(page).waitFor();
      await page.keyboard.press('Tab');
      await list(page).waitFor({ state: 'hidden' });
      await box.focus();
      await page.keyboard.press('ArrowDown');
      await list(page).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('.understood').getByRole('link', { name: /anxiety/i }).waitFor();
      assert.match(page.url(), /q=Anxiety/);
    });
  });
}

test('Enter without a choice sends the words as they are', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/therapists');
    await type(page, 'grief');
    await page.keyboard.press('Enter');
    await page.locator('.understood').waitFor();
    assert.equal(await list(page).isVisible(), false);
    assert.equal(await boxOn(page).getAttribute('role'), 'combobox', 'the box is one again after the results changed');
    await type(page, 'newto');
    await page.keyboard.press('ArrowDown');
    assert.match(await chosen(page), /^Newtown /);
  });
});

test('the last words are completed, what stands before them stays', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/');
    await type(page, 'anxiety in newtown n');
    await list(page).getByRole('option', { name: 'Newtown NSW 2042' }).click();
    await page.waitForURL(/therapists/);
    const read = page.locator('.understood');
    await read.getByRole('link', { name: /near newtown nsw 2042/i }).waitFor();
    await read.getByRole('link', { name: /anxiety/i }).waitFor();
  });
});

test('a therapist is found by name and leads to the profile', async () => {
  const server = await wattle();
  const { slug, name } = (await bookable(server))[3];
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/');
    await type(page, name.replace(/^(Dr|Prof) /, '').slice(0, 8));
    await list(page).getByRole('group', { name: 'Therapist' }).getByRole('option', { name: new RegExp(name) }).first().click();
    await page.waitForURL((u) => u.pathname === `/therapist/${slug}`);
  });
});

test('words of danger are completed to the crisis page and nothing else', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/');
    await type(page, 'want to die');
    assert.deepEqual(await list(page).getByRole('option').allInnerTexts(), ['Crisis help: people who answer now']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL((u) => u.pathname === '/crisis');
  });
  assert.doesNotMatch(server.log, /want to die|want\+to|newtown n/i, 'nothing that was typed is logged');
});

test('a screen reader is told what the box is, what is chosen and how many there are', async () => {
  const server = await wattle();
  await withVisitor(server.origin, {}, async (page) => {
    await page.goto('/');
    await type(page, 'anx');
    await page.getByRole('status').filter({ hasText: /^\d suggestions\. Use the arrow keys\.$/ }).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowDown');
    const tree = await page.locator('form.finder-start').ariaSnapshot();
    assert.match(tree, /combobox "Say it in your own words" \[expanded\]/);
    assert.match(tree, /listbox "Suggestions"/);
    assert.match(tree, /group "Helps with"/);
    assert.match(tree, /option "Anxiety" \[selected\]/);
    await page.keyboard.type('zzzz');
    await page.getByRole('status').filter({ hasText: 'No suggestions' }).waitFor({ state: 'attached' });
    assert.equal(await boxOn(page).getAttribute('aria-expanded'), 'false');
  });
});

test('the open list is accessible in both schemes, fits 320 px and 200 % zoom, and is seen', async () => {
  const server = await wattle();
  for (const [where, text, name] of [['/', 'anxiety in newt', 'suggest-home'], ['/therapists', 'st', 'suggest-results']]) {
    await withVisitor(server.origin, {}, async (page) => {
      await page.goto(where);
      await type(page, text);
      await page.keyboard.press('ArrowDown');
      await accessible(page, twoLooks);
      await fits(page);
      await picture(page, name);
      for (const [width, height] of [[390, 844], [640, 450], [320, 640], [1280, 900]]) { // 640 px is 1280 at 200 %
        await page.setViewportSize({ width, height });
        const option = await list(page).getByRole('option').first().boundingBox();
        const frame = await list(page).boundingBox();
        assert.ok(option.height >= 44, `a finger's height at ${width}: ${option.height}`);
        assert.ok(frame.x >= 0 && frame.x + frame.width <= width, `inside the window at ${width}`);
        const atPoint = await list(page).evaluate((e) => {
          const o = [...e.querySelectorAll('[role=option]')].at(0);
          o.scrollIntoView({ block: 'center' });
          const r = o.getBoundingClientRect();
          return o.contains(document.elementFromPoint(r.x + 20, r.y + r.height / 2));
        });
        assert.ok(atPoint, `nothing lies over the list at ${width}`);
        const last = await list(page).evaluate((e) => {
          e.scrollIntoView({ block: 'center' });
          e.scrollTop = e.scrollHeight;
          const o = [...e.querySelectorAll('[role=option]')].at(-1);
          const r = o.getBoundingClientRect();
          return o.contains(document.elementFromPoint(r.x + 20, r.y + r.height / 2));
        });
        assert.ok(last, `the last can be reached at ${width}`);
      }
    });
  }
});

test('on a phone a touch chooses', async () => {
  const server = await wattle();
  await withVisitor(server.origin, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page) => {
    await page.goto('/therapists');
    await type(page, 'burn');
    await list(page).getByRole('option', { name: 'Burnout' }).tap();
    await page.locator('.understood').getByRole('link', { name: /burnout/i }).waitFor();
  });
});

test('without a script the box is a plain search field', async () => {
  const server = await wattle();
  await withVisitor(server.origin, { javaScriptEnabled: false }, async (page) => {
    await page.goto('/');
    const box = page.getByRole('searchbox', { name: /your own words/i });
    await box.fill('burnout');
    await box.press('Enter');
    await page.locator('.understood').getByRole('link', { name: /burnout/i }).waitFor();
    assert.equal(await page.locator('[role=listbox], [role=combobox]').count(), 0);
  });
});
