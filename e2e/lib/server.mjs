// One real Wattle per suite: bin/wattle on a free loopback port with a directory of its own.
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

let built;
/** Builds bin/wattle, once per suite. */
const build = () => (built ??= run('make', ['build'], { cwd: root, maxBuffer: 1 << 26 }));

/** A port nobody listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const s = createServer().on('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

/** A directory in memory where the machine has one: short, fast, gone with the machine. */
function scratch() {
  let base = tmpdir();
  try {
    accessSync('/dev/shm', constants.W_OK);
    base = '/dev/shm';
  } catch {} // not every machine has one
  return mkdtempSync(join(base, 'wattle-e2e-'));
}

const passedOn = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR'];
const inherited = () => Object.fromEntries(passedOn.filter((k) => process.env[k]).map((k) => [k, process.env[k]]));

/**
 * Starts a server and waits until /readyz says it can serve. E2E_ORIGIN names one that runs already.
 * @param {{env?: Record<string, string>, args?: string[]}} [options] further settings and flags
 * @returns {Promise<Server>}
 */
export async function startServer({ env = {}, args = [] } = {}) {
  if (process.env.E2E_ORIGIN) return new Server(process.env.E2E_ORIGIN);
  await build();
  const port = await freePort();
  const data = scratch();
  const origin = `http://localhost:${port}`;
  const child = spawn(join(root, 'bin', 'wattle'), ['serve', ...args], {
    cwd: root,
    env: { ...inherited(), WATTLE_ADDR: `127.0.0.1:${port}`, WATTLE_BASE_URL: origin, WATTLE_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(origin, child, data);
  try {
    await server.ready();
  } catch (e) {
    await server.stop();
    throw e;
  }
  return server;
}

/** A running server, its clock and its mails. */
export class Server {
  #child;
  #log = '';
  #ended;

  constructor(origin, child, data) {
    this.origin = origin;
    this.data = data;
    if (!child) return;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (this.#log += d));
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    this.onExit = () => child.kill('SIGKILL');
    process.once('exit', this.onExit);
  }

  /** What the server has printed. */
  get log() {
    return this.#log;
  }

  /** Waits for /readyz, at most a minute and a half: a cold start makes a database and its people. */
  async ready() {
    for (let i = 0; i < 900; i++) {
      if (this.#child?.exitCode != null) throw new Error(`wattle ended with ${this.#child.exitCode}:\n${this.#log}`);
      try {
        if ((await fetch(`${this.origin}/readyz`)).ok) return;
      } catch {} // not listening yet
      await sleep(100);
    }
    throw new Error(`wattle was not ready in 90 s:\n${this.#log}`);
  }

  /** GET or POST of JSON; the answer as {status, headers, body}. */
  async api(path, { method, body, headers = {} } = {}) {
    const answer = await fetch(this.origin + path, {
      method: method ?? (body ? 'POST' : 'GET'),
      headers: body ? { 'content-type': 'application/json', ...headers } : headers,
      body: body && JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
  }

  /** What the server's clock shows. */
  async now() {
    const { status, body } = await this.api('/dev/clock');
    if (status !== 200) throw new Error(`/dev/clock answered ${status}`);
    return new Date(body.now);
  }

  /** Moves the server's clock: {now: '2026-10-03T22:00:00+10:00'} or {advance: '49h'}. */
  async moveClock(to) {
    const { status, body } = await this.api('/dev/clock', { body: to });
    if (status >= 300) throw new Error(`/dev/clock answered ${status}: ${JSON.stringify(body)}`);
  }

  /** The mails sent to an address, newest first. */
  async mails(to) {
    const { status, body } = await this.api(`/dev/mail.json?to=${encodeURIComponent(to)}`);
    if (status !== 200) throw new Error(`/dev/mail.json answered ${status}`);
    return body;
  }

  /** The newest mail to an address that fits, waiting for it at most ten seconds. */
  async mail(to, fits = () => true) {
    for (let i = 0; i < 100; i++) {
      const found = (await this.mails(to)).find(fits);
      if (found) return found;
      await sleep(100);
    }
    const subjects = (await this.mails(to)).map((m) => m.subject);
    throw new Error(`no such mail to ${to} in 10 s; there are: ${JSON.stringify(subjects)}`);
  }

  /** The folder of the private database's socket. */
  socket() {
    const socket = readdirSync(this.data, { recursive: true }).find((f) => f.endsWith('.s.PGSQL.5432'));
    return join(this.data, dirname(socket));
  }

  /** Rows of a query on the server's private database: what pages say is compared with what is so. */
  async sql(query) {
    const wrapped = `SELECT coalesce(json_agg(r), '[]') FROM (${query}) r`;
    const { stdout } = await run('psql', ['-h', this.socket(), '-U', 'wattle_app', '-d', 'wattle', '-qXAt', '-c', wrapped], { maxBuffer: 1 << 26 });
    return JSON.parse(stdout);
  }

  /** Stops the server as an operator would and takes its directory away. */
  async stop() {
    if (!this.#child) return;
    process.removeListener('exit', this.onExit);
    this.#child.kill('SIGTERM');
    const late = sleep(60_000, 'late', { ref: false });
    if ((await Promise.race([this.#ended, late])) === 'late') {
      this.#child.kill('SIGKILL');
      await this.#ended;
      throw new Error(`wattle did not stop in a minute:\n${this.#log}`);
    }
    rmSync(this.data, { recursive: true, force: true });
  }
}
