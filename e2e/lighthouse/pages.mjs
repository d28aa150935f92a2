// The pages that are measured, by the kinds that look.md names.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bookable } from '../lib/api.mjs';

const run = promisify(execFile);

/**
 * Makes one person of the demo directory count as real, so that their profile is served as a real
 * one is: without the word that they are made up, and open to search engines. The database is this
 * run's own and goes with it.
 */
export async function becomeReal(server) {
  const [person] = await bookable(server);
  const done = await run('psql', ['-h', server.socket(), '-U', 'wattle_app', '-d', 'wattle', '-qXAt', '-v', 'ON_ERROR_STOP=1',
    '-c', `UPDATE therapists SET demo = false WHERE slug = '${person.slug}' RETURNING slug`]);
  assert.equal(done.stdout.trim(), person.slug);
  for (let i = 0; i < 100; i++) {
    const page = await (await fetch(`${server.origin}/therapist/${person.slug}`)).text();
    if (!page.includes('noindex')) return person;
    await sleep(100);
  }
  throw new Error(`the profile of ${person.slug} is still kept from search engines after ten seconds`);
}

/** The path of a guide as it is served, which no clinician has read. */
export async function someGuide(server) {
  const { body } = await server.api('/api/v1/guides');
  return `/guides/${body.results[0].slug}`;
}

/**
 * What is measured. Pages that are rightly kept from search engines are held to the other three
 * categories.
 */
export function pages(person, guide) {
  const profile = `/therapist/${person.slug}`;
  return [
    { name: 'home', path: '/' },
    { name: 'results', path: '/therapists' },
    { name: 'landing-state', path: '/therapists/nsw' },
    { name: 'landing-issue', path: '/therapists/nsw/anxiety' },
    { name: 'profile', path: profile },
    { name: 'match', path: '/match' },
    { name: 'guide-reviewed', path: '/dev/gallery/guide-reviewed' },
    { name: 'guide', path: guide, unlisted: true },
    { name: 'guides', path: '/guides', unlisted: true },
    { name: 'booking', path: `${profile}/book?service=${person.next_service}`, unlisted: true },
    { name: 'booking-details', path: `${profile}/book?service=${person.next_service}&mode=${person.modes[0]}&at=${encodeURIComponent(person.next_available_at)}`, unlisted: true },
  ];
}
