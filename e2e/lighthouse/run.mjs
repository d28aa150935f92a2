// Measures pages with Lighthouse: the real binary with its demo directory, compressed, each page
// three times, as a slow phone sees it. Prints the median and every audit that is not perfect, and
// fails with a list of what falls short of the budgets. Arguments pick pages by name.
import { availableParallelism, loadavg } from 'node:os';
import { startServer } from '../lib/server.mjs';
import { becomeReal, pages, someGuide } from './pages.mjs';
import { measure, withChromium } from './measure.mjs';
import { judge, summary } from './judge.mjs';

const times = 3;
const picked = process.argv.slice(2);

const server = await startServer();
let short = [];
try {
  const person = await becomeReal(server);
  const all = pages(person, await someGuide(server));
  const list = all.filter((p) => picked.length === 0 || picked.includes(p.name));
  if (list.length === 0) throw new Error(`there is no such page; the pages are: ${all.map((p) => p.name).join(', ')}`);
  console.log(`Measuring ${list.length} pages, ${times} times each, on ${availableParallelism()} cores. A page takes half a minute or so.`);
  for (const page of list) {
    const runs = [];
    await withChromium(async (port) => {
      for (let i = 0; i < times; i++) runs.push(await measure(server.origin + page.path, port));
    });
    console.log(summary(page, runs));
    short = short.concat(judge(page, runs));
  }
} finally {
  await server.stop();
}
if (loadavg()[0] > 2 * availableParallelism()) {
  console.log(`\nOther work kept this machine busy (load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores): times are longer here than they are.`);
}
if (short.length > 0) {
  console.error(`\nFalls short:\n${short.map((s) => `  ${s}`).join('\n')}`);
  process.exitCode = 1;
} else {
  console.log('\nEvery page is within its budget.');
}
