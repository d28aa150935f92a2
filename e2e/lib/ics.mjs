// Reads calendar files with a reader that has nothing in common with their writer.
import ICAL from 'ical.js';

/** The one event of a calendar file: {method, uid, sequence, status, summary, start, end}; times are Dates. */
export function readEvent(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent');
  if (events.length !== 1) throw new Error(`${events.length} events in one file`);
  const e = new ICAL.Event(events[0]);
  const value = (name) => events[0].getFirstPropertyValue(name);
  return {
    method: calendar.getFirstPropertyValue('method'),
    uid: e.uid,
    sequence: Number(e.sequence ?? 0),
    status: value('status'),
    summary: e.summary,
    start: e.startDate.toJSDate(),
    end: e.endDate.toJSDate(),
  };
}
