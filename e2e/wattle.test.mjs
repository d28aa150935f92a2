// The suite: one process, one browser, one server. Pick tests with --test-name-pattern.
import { after } from 'node:test';
import { closeBrowser } from './lib/browser.mjs';
import './tests/harness.mjs';

after(closeBrowser);
