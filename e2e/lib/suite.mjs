// The suite's one server: the first test that asks starts it, the end of the suite stops it.
import { startServer } from './server.mjs';

let starting;
/** The server that all flows share. */
export const wattle = () => (starting ??= startServer());

/** Stops it. */
export async function closeWattle() {
  await (await starting?.catch(() => undefined))?.stop();
}

let people = 0;
/** A client nobody else has been: limits are per address. */
export function someone() {
  people++;
  return { name: `Robin Example ${people}`, email: `robin-${process.pid}-${people}@example.org` };
}
