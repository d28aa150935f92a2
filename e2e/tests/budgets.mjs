// What Lighthouse's figures are held to, told apart from running it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, median, summary } from '../lighthouse/judge.mjs';

const fine = { scores: { performance: 100, accessibility: 100, 'best-practices': 100, seo: 100 }, audits: [], lcp: 1400, cls: 0, tbt: 0, bytes: 70_000 };
const but = (change) => ({ ...fine, ...change, scores: { ...fine.scores, ...change.scores } });
const page = { name: 'home', path: '/' };

test('budgets: a page that is within them passes, and one that is not is named with what it lacks', () => {
  assert.deepEqual(judge(page, [fine, fine, fine]), []);
  const table = [
    [{ scores: { performance: 99 } }, /performance 99/],
    [{ scores: { accessibility: 98 } }, /accessibility 98/],
    [{ scores: { 'best-practices': 96 } }, /best practices 96/],
    [{ scores: { seo: 66 } }, /search engines 66/],
    [{ lcp: 1501 }, /lcp 1501/],
    [{ cls: 0.02 }, /cls 0.02/],
    [{ bytes: 102_401 }, /bytes 102401/],
  ];
  for (const [change, says] of table) {
    const wrong = judge(page, [but(change), fine, but(change)]);
    assert.equal(wrong.length, 1, JSON.stringify(change));
    assert.match(wrong[0], says);
    assert.deepEqual(judge(page, [fine, fine, but(change)]), [], 'the median counts, not the worst run');
  }
});

test('budgets: for how long a page was blocked the best run counts', () => {
  assert.deepEqual(judge(page, [but({ tbt: 90 }), fine, but({ tbt: 12 })]), []);
  assert.match(judge(page, [but({ tbt: 90 }), but({ tbt: 12 }), but({ tbt: 80 })]).join(), /tbt 12/);
});

test('budgets: a page that is kept from search engines is held to the other three categories', () => {
  const hidden = but({ scores: { seo: 66 } });
  assert.deepEqual(judge({ ...page, unlisted: true }, [hidden, hidden, hidden]), []);
  assert.equal(judge({ ...page, unlisted: true }, Array(3).fill(but({ scores: { accessibility: 90, seo: 66 } }))).length, 1);
});

test('budgets: what is not perfect is printed with how often it was seen, the worst of it', () => {
  const audit = (score) => ({ id: 'unused-css', weight: 0, score, displayValue: '9 KB', where: 'x.css' });
  const text = summary(page, [but({ audits: [audit(0.9)] }), but({ audits: [audit(0.5)] }), fine]);
  assert.match(text, /below 1 in 2 of 3: unused-css 0.5 9 KB x.css/);
  assert.equal(median([3, 1, 2]), 2);
});
