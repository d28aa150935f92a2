// What is good enough: every category at 100 and the budgets in time and bytes, held against the
// median of the runs. How long the page was blocked is held against the least: whatever else the
// machine does only adds to it, some runs and not others.
const categories = { performance: 'performance', accessibility: 'accessibility', 'best-practices': 'best practices', seo: 'search engines' };

/** The most that a page may take: milliseconds, shift, milliseconds, bytes. */
export const budget = { lcp: 1500, cls: 0.01, tbt: 0, bytes: 100 * 1024 };

/** The middle one of several numbers. */
export const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const least = (runs) => Math.min(...runs.map((r) => r.tbt));
const middle = (runs, of) => median(runs.map(of));

/** What is wrong with a page, as sentences; none when it is within the budgets. */
export function judge(page, runs) {
  const wrong = [];
  for (const [id, name] of Object.entries(categories)) {
    const score = middle(runs, (r) => r.scores[id]);
    if (score < 100 && !(id === 'seo' && page.unlisted)) wrong.push(`${page.name}: ${name} ${score}, 100 is wanted (${page.path})`);
  }
  for (const [what, most] of Object.entries(budget)) {
    const got = what === 'tbt' ? least(runs) : middle(runs, (r) => r[what]);
    if (got > most) wrong.push(`${page.name}: ${what} ${round(got)}, ${most} is the most (${page.path})`);
  }
  return wrong;
}

const round = (n) => Math.round(n * 1000) / 1000;

/** What the runs saw, for people. */
export function summary(page, runs) {
  const scores = Object.keys(categories).map((id) => `${id} ${middle(runs, (r) => r.scores[id])}`).join(' · ');
  const lines = [
    `\n${page.name} ${page.path}`,
    `  ${scores}${page.unlisted ? ' (kept from search engines)' : ''}`,
    `  largest paint ${round(middle(runs, (r) => r.lcp) / 1000)} s · shift ${round(middle(runs, (r) => r.cls))} · blocked ${Math.round(least(runs))} to ${Math.round(Math.max(...runs.map((r) => r.tbt)))} ms · ${(middle(runs, (r) => r.bytes) / 1024).toFixed(1)} KB`,
  ];
  for (const [id, seen] of Object.entries(byId(runs))) {
    const a = seen.reduce((worst, b) => (b.score < worst.score ? b : worst));
    lines.push(`  below 1 in ${seen.length} of ${runs.length}: ${id} ${round(a.score)}${a.weight ? `, weight ${a.weight}` : ''} ${a.displayValue} ${a.where}`.trimEnd());
  }
  return lines.join('\n');
}

function byId(runs) {
  const out = {};
  for (const a of runs.flatMap((r) => r.audits)) (out[a.id] ??= []).push(a);
  return out;
}
