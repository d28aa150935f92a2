// Shortcuts over the JSON API, for tests whose subject comes later in a booking's life.
import assert from 'node:assert/strict';

export const freeConsultation = 'free-consultation';

/** Therapists that offer a free consultation and have a time. */
export async function bookable(server, query = '') {
  const { status, body } = await server.api(`/api/v1/therapists?free_consultation=true&accepting=true&available=week&per_page=50${query && `&${query}`}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.results.filter((t) => t.next_available_at);
}

/** The same once the clock was moved: next free times are derived again within seconds. */
export async function bookableSoon(server, query, least) {
  for (let i = 0; i < 100; i++) {
    const list = await bookable(server, query);
    if (list.length >= least) return list;
    await new Promise((r) => setTimeout(r, 100));
  }
  assert.fail(`fewer than ${least} therapists with ${query} have a time within the week, ten seconds after the clock moved`);
}

/** The free times of a therapist, in order: {starts_at, ends_at, modes}. */
export async function times(server, slug, query = 'days=28') {
  const { status, body } = await server.api(`/api/v1/therapists/${slug}/slots?service=${freeConsultation}&${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.days.flatMap((d) => d.slots);
}

/** Holds a free time of a therapist for somebody: the booking as the API answers it. */
export async function hold(server, who, slug, slot, more = {}) {
  const answer = await server.api('/api/v1/bookings', {
    body: { therapist: slug, service: freeConsultation, mode: slot.modes[0], starts_at: slot.starts_at, client: { ...who, phone: '0400 000 000' }, ...more },
  });
  return answer;
}

/** The six digits in a mail. */
export const codeIn = (mail) => /\b(\d{6})\b/.exec(mail.text)?.[1] ?? assert.fail(`no code in: ${mail.text}`);

/** The link in a mail that leads to a path. */
export function linkIn(mail, path) {
  const found = mail.text.match(/https?:\/\/\S+/g)?.find((l) => path.test(l));
  return found ?? assert.fail(`no link to ${path} in: ${mail.text}`);
}

/** A confirmed free consultation for somebody, nth bookable therapist. */
export async function booked(server, who, nth = 0) {
  const t = (await bookable(server))[nth];
  const slot = (await times(server, t.slug))[0];
  const { status, body } = await hold(server, who, t.slug, slot);
  assert.equal(status, 201, JSON.stringify(body));
  const code = codeIn(await server.mail(who.email));
  const done = await server.api(`/api/v1/bookings/${body.id}/confirm`, { body: { code }, headers: { authorization: `Bearer ${body.token}` } });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return { ...body, therapist: t, starts_at: slot.starts_at, path: new URL(body.manage_url).pathname + new URL(body.manage_url).search };
}
