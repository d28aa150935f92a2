// The suite: one process, one browser, one server. Pick tests with --test-name-pattern.
import { after } from 'node:test';
import { closeBrowser } from './lib/browser.mjs';
import { closeWattle } from './lib/suite.mjs';
import './tests/harness.mjs';
import './tests/booking.mjs';
import './tests/confirming.mjs';
import './tests/finding.mjs';
import './tests/suggesting.mjs';
import './tests/guides.mjs';
import './tests/leaving.mjs';
import './tests/pages.mjs';
import './tests/structured.mjs';
import './tests/budgets.mjs';
import './tests/clocks.mjs';

after(async () => {
  await closeBrowser();
  await closeWattle();
});
