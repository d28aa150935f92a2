// The clock of the wall: three evenings around changes of daylight saving, and clients elsewhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookableSoon, freeConsultation } from '../lib/api.mjs';
import { withVisitor } from '../lib/browser.mjs';
import { startServer } from '../lib/server.mjs';

const evenings = ['2026-10-03T22:00:00+10:00', '2027-04-03T22:00:00+11:00', '2027-10-02T22:00:00+10:00'];

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

/** What the wall of a zone shows at an instant, by the zone data of this machine's Node. */
function wall(instant, timeZone) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(new Date(instant));
  const p = Object.fromEntries(parts.map((x) => [x.type, x.value]));
  const date = `${p.year}-${p.month}-${p.day}`;
  return { date, time: `${p.hour}:${p.minute}`, minute: Number(p.hour) * 60 + Number(p.minute), weekday: new Date(`${date}T00:00:00Z`).getUTCDay() };
}

/** A slot as written must be what the wall shows: then its time exists. */
function written(text) {
  const m = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):00([+-]\d\d:\d\d)$/.exec(text);
  assert.ok(m, `${text} is RFC 3339 to the minute with its offset`);
  return { date: m[1], time: m[2] };
}

async function slotsOf(slug, query) {
  const { status, body } = await server.api(`/api/v1/therapists/${slug}/slots?service=${freeConsultation}&${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return { ...body, slots: body.days.flatMap((d) => d.slots) };
}

/** The weekly hours and the dated exceptions of a practice, straight from the database. */
async function hoursOf(slug) {
  const of = `therapist_id = (SELECT id FROM therapists WHERE slug = '${slug}')`;
  const weekly = await server.sql(`SELECT weekday, start_minute, end_minute, services, modes FROM weekly_hours WHERE ${of}`);
  const dated = await server.sql(`SELECT on_date::text AS on, closed, start_minute, end_minute, services, modes FROM availability_exceptions WHERE ${of}`);
  return { weekly, dated };
}

/** Whether a slot lies inside the hours of its day, by the wall. */
function inside({ weekly, dated }, from, until, mode) {
  const special = dated.filter((d) => d.on === from.date);
  const spans = special.length ? special.filter((d) => !d.closed) : weekly.filter((h) => h.weekday === from.weekday);
  const end = until.minute === 0 ? 1440 : until.minute;
  return spans.some((h) => h.start_minute <= from.minute && end <= h.end_minute &&
    (!h.services.length || h.services.includes(freeConsultation)) && (!h.modes.length || h.modes.includes(mode)));
}

for (const evening of evenings) {
  test(`clocks: every time offered at ${evening} exists and lies inside the weekly hours`, async (t) => {
    await server.moveClock({ now: evening });
    let seen = 0, across = 0;
    const states = { nsw: 5, qld: 5, sa: 2, nt: 1, wa: 3, tas: 1 };
    const people = (await Promise.all(Object.entries(states).map(async ([s, n]) => (await bookableSoon(server, `state=${s}`, n)).slice(0, 5)))).flat();
    for (const { slug } of people) {
      const mine = await slotsOf(slug, 'days=14');
      const brisbane = await slotsOf(slug, 'days=15&tz=Australia/Brisbane');
      const hours = await hoursOf(slug);
      const zone = mine.therapist_timezone;
      const there = new Set(brisbane.slots.map((s) => Date.parse(s.starts_at)));
      for (const s of mine.slots) {
        const from = wall(s.starts_at, zone), until = wall(s.ends_at, zone);
        assert.deepEqual(written(s.starts_at), { date: from.date, time: from.time }, `${slug} ${s.starts_at} is on the wall of ${zone}`);
        assert.ok(s.modes.every((m) => inside(hours, from, until, m)), `${slug} ${s.starts_at} (${s.modes}) lies inside ${JSON.stringify(hours)}`);
        assert.ok(Date.parse(s.starts_at) > Date.parse(evening), `${s.starts_at} is not past`);
        seen++;
        if (zone === 'Australia/Sydney' && from.date > evening.slice(0, 10)) across++;
      }
      const early = brisbane.slots.filter((s) => !mine.slots.length || Date.parse(s.starts_at) <= Date.parse(mine.slots.at(-1).starts_at));
      assert.equal(early.length, mine.slots.filter((s) => there.has(Date.parse(s.starts_at))).length, `${slug}: the same instants for Brisbane`);
      for (const s of brisbane.slots) assert.match(s.starts_at, /\+10:00$/);
    }
    t.diagnostic(`${seen} times of ${people.length} practices, ${across} of them in Sydney after the change`);
    assert.ok(seen > 200 && across > 20);
  });

  test(`clocks: a Brisbane client sees both times at ${evening}`, async () => {
    await server.moveClock({ now: evening });
    const [someoneThere] = await bookableSoon(server, 'state=nsw', 1);
    for (const javaScriptEnabled of [true, false]) {
      await withVisitor(server.origin, { javaScriptEnabled, timezoneId: 'Australia/Brisbane' }, async (page) => {
        const tz = javaScriptEnabled ? '' : '&tz=Australia%2FBrisbane';
        await page.goto(`/therapist/${someoneThere.slug}/book?service=${freeConsultation}${tz}`);
        await page.getByText(/sydney time/i).first().waitFor();
        const offered = await page.locator('input[name=at]').evaluateAll((all) => all.map((i) => [i.value, document.querySelector(`label[for="${i.id}"]`).textContent.replace(/\s+/g, ' ').replace(/ ,/g, ',').trim()]));
        assert.ok(offered.length > 0);
        for (const [at, label] of offered) {
          const sydney = wall(at, 'Australia/Sydney'), brisbane = wall(at, 'Australia/Brisbane');
          const said = [...label.matchAll(/(\d+):(\d\d)\s*([ap])\.?m/gi)].map(([, h, m, half]) => `${String((h % 12) + (half.toLowerCase() === 'p' ? 12 : 0)).padStart(2, '0')}:${m}`);
          const due = sydney.time === brisbane.time ? [sydney.time] : [sydney.time, brisbane.time];
          assert.deepEqual(said, due, `${at} is labelled "${label}"`);
          if (due.length === 2) assert.match(label, /brisbane\s+\(your time\)/i);
        }
      });
    }
  });
}
