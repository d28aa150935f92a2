// What a visitor does on the way to a consultation, by the words and roles on the page. The same
// steps are taken by mouse (with and without JavaScript) and by keyboard: `hand` is how.
import assert from 'node:assert/strict';

/** By mouse. */
export const mouse = {
  press: (page, target) => target.click(),
  tick: (page, target) => target.check({ force: true }),
  type: (page, target, text) => target.fill(text),
  pick: (page, target, label) => target.selectOption({ label }),
};

/** By keyboard alone: everything is reached with Tab. */
export const keyboard = {
  async press(page, target) {
    await reach(page, target);
    await page.keyboard.press('Enter');
  },
  async tick(page, target) {
    await reachRadio(page, target);
    if (!(await target.isChecked())) await page.keyboard.press('Space');
    assert.ok(await target.isChecked(), 'ticked by the space bar');
  },
  async type(page, target, text) {
    await reach(page, target);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  },
  async pick(page, target, label) {
    await reach(page, target);
    await page.keyboard.type(label);
    assert.equal(await target.evaluate((e) => e.selectedOptions[0].label), label);
  },
};

const focused = (target) => target.evaluate((e) => e === document.activeElement);

/** Presses Tab until the target has the focus; it must be reached within the page's stops. */
async function reach(page, target) {
  await target.waitFor({ state: 'attached' });
  for (let i = 0; i < 400; i++) {
    if (await focused(target)) {
      await seen(page, target);
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`not reached by Tab: ${target}`);
}

/** A radio is one stop per group: Tab to the group, arrows within. */
async function reachRadio(page, target) {
  await target.waitFor({ state: 'attached' });
  if ((await target.getAttribute('type')) !== 'radio') return reach(page, target);
  const name = await target.getAttribute('name');
  const inGroup = () => page.evaluate((n) => document.activeElement?.name === n && document.activeElement.type === 'radio', name);
  for (let i = 0; i < 400 && !(await inGroup()); i++) await page.keyboard.press('Tab');
  assert.ok(await inGroup(), `the choices "${name}" are reached by Tab`);
  for (let i = 0; i < 400 && !(await focused(target)); i++) await page.keyboard.press('ArrowDown');
  assert.ok(await focused(target), 'the choice is reached by the arrows');
}

/** Whoever works by keyboard must see where they are. */
async function seen(page, target) {
  const visible = await target.evaluate((e) => {
    const marks = [e, e.nextElementSibling, e.parentElement].filter(Boolean);
    return marks.some((m) => {
      const s = getComputedStyle(m);
      return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
    });
  });
  assert.ok(visible, `the focus is visible on ${target}`);
}

/** Home: a state is chosen and the search sent. */
export async function searchFromHome(page, hand, state) {
  await page.goto('/');
  await hand.pick(page, page.getByLabel(/where are you/i), state);
  await hand.press(page, page.getByRole('button', { name: /show therapists/i }));
  await page.waitForURL(/\/therapists/);
}

/** Results: filters are set one after the other; with a script each shows at once. */
export async function narrow(page, hand, { type, most, available }, live) {
  const form = page.locator('#filters');
  const settled = (q) => live && page.waitForURL((u) => u.search.includes(q));
  await choose(page, hand, form.locator(`input[name=type][value=${type}]`));
  await settled(`type=${type}`);
  await hand.type(page, form.getByLabel(/most you can pay/i), String(most));
  if (live) await page.keyboard.press('Tab');
  await settled(`max_fee=${most}`);
  await choose(page, hand, form.locator(`input[name=available][value=${available}]`));
  if (!live) await hand.press(page, form.getByRole('button', { name: /^show \d+/i }));
  await page.waitForURL((u) => [`type=${type}`, `max_fee=${most}`, `available=${available}`].every((q) => u.search.includes(q)));
}

/** Ticks a choice, after opening the groups it lies in. */
async function choose(page, hand, target) {
  await reveal(page, hand, target);
  await hand.tick(page, target);
}

/** Opens the closed groups around a choice, the outermost first. */
async function reveal(page, hand, target) {
  const closed = page.locator(`details:not([open]):has([id="${await target.getAttribute('id')}"])`);
  while ((await closed.count()) && !(await target.isVisible())) await hand.press(page, closed.first().locator('> summary'));
}

/** What a label says, on one line. */
export async function labelOf(page, target) {
  const text = await page.locator(`label[for="${await target.getAttribute('id')}"]`).textContent();
  return text.replace(/\s+/g, ' ').replace(/ ,/g, ',').trim();
}

/** The cards of a page of results. */
export const cards = (page) => page.locator('article.therapist');

/** What a card says of its price: the lowest a client can really get, in dollars. */
export async function lowestOn(card) {
  const text = await card.locator('.price').innerText();
  const full = Number(/\$([\d.,]+)/.exec(text)[1]);
  const reduced = /places? at \$([\d.,]+)/.exec(text);
  return reduced ? Math.min(full, Number(reduced[1])) : full;
}

/** Profile: on to the times of the free consultation. */
export async function toTimes(page, hand) {
  await hand.press(page, page.getByRole('link', { name: /see all times/i }));
  await page.waitForURL(/\/book\?/);
}

/** Times: the nth one offered is chosen and sent; answers what its label says and its instant. */
export async function chooseTime(page, hand, button, nth = 0) {
  const time = page.locator('input[name=at]').nth(nth);
  const label = await labelOf(page, time);
  const at = await time.getAttribute('value');
  await choose(page, hand, time);
  await hand.press(page, page.getByRole('main').getByRole('button', { name: button }));
  return { label, at };
}

/** Details: who it is and that they are an adult; the form is sent. */
export async function giveDetails(page, hand, who) {
  await hand.tick(page, page.locator('input[name=for][value=adult]'));
  await hand.type(page, page.getByLabel(/your name/i), who.name);
  await hand.type(page, page.getByLabel(/e-?mail/i), who.email);
  const phone = page.locator('input[name=phone][required]');
  if (await phone.count()) await hand.type(page, phone, '0400 000 000');
  await hand.press(page, sendDetails(page));
}

/** The button that holds the time. */
export const sendDetails = (page) => page.getByRole('button', { name: /hold this time/i });

/** Waits for the page of a held time. */
export const held = (page) => page.waitForURL(/\/booking\/[^/]+\?t=/);

/** The page of a held time: the code from the mail is given. */
export async function giveCode(page, hand, code) {
  await held(page);
  await hand.type(page, page.getByLabel(/your code/i), code);
  await hand.press(page, page.getByRole('main').getByRole('button', { name: /confirm/i }));
  await page.waitForURL(/done=confirmed/);
}

/** The page of a booking: on to another time, and back with it. */
export async function moveBooking(page, hand, nth) {
  await hand.press(page, page.getByRole('main').getByRole('link', { name: /choose another time/i }));
  await page.waitForURL(/\/reschedule/);
  const chosen = await chooseTime(page, hand, /move the booking/i, nth);
  await page.waitForURL(/done=moved/);
  return chosen;
}

/** The page of a booking: it is cancelled, with what that means shown first. */
export async function cancelBooking(page, hand) {
  await hand.press(page, page.getByRole('main').getByRole('link', { name: /cancel the booking/i }));
  await page.waitForURL(/\/cancel/);
  await hand.press(page, page.getByRole('main').getByRole('button', { name: /cancel/i }));
  await page.waitForURL(/done=cancelled/);
}
