/**
 * Transport: requests with a key, retries that cannot do a thing twice, and errors as exceptions.
 *
 * A request is sent again when the answer says that nothing was done (429, 503), or when none came and the request may
 * safely come twice: it only reads, replaces or deletes, or it carries an Idempotency-Key that its endpoint honours.
 */

import { randomUUID } from 'node:crypto';
import { APIError, ConnectionFailed, errorOf } from './errors.js';

const NOTHING_DONE = [429, 503];
const MAYBE_DONE = [500, 502, 504];
const REPEATABLE = ['GET', 'PUT', 'DELETE', 'HEAD'];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000; // a longer Retry-After is the caller's to decide on: it is thrown at once

export interface Options {
  /** A secret key (`sk_live_…`, `sk_test_…`). */
  apiKey?: string;
  /** Another server, with its version: `http://127.0.0.1:8000/v1`. */
  baseUrl?: string;
  /** Milliseconds for one attempt. */
  timeout?: number;
  maxRetries?: number;
}

export interface Call {
  query?: Record<string, unknown>;
  body?: unknown;
  form?: FormData;
  /** The endpoint honours an Idempotency-Key. */
  idempotent?: boolean;
}

export class Transport {
  readonly baseUrl: string;
  readonly timeout: number;
  private readonly maxRetries: number;
  private token: string | undefined;

  constructor(options: Options, defaultUrl: string) {
    this.baseUrl = (options.baseUrl ?? defaultUrl).replace(/\/+$/, '');
    this.timeout = options.timeout ?? 60_000;
    this.maxRetries = options.maxRetries ?? 3;
    this.token = options.apiKey;
  }

  /** Use this key or session token from now on. */
  authorize(token: string): void {
    this.token = token;
  }

  /** The decoded answer, undefined for an empty one. */
  async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    const answer = await this.send(method, path, call);
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The answer, if it is a good one; throws APIError for all others. */
  async send(method: string, path: string, call: Call = {}): Promise<Response> {
    const request = this.request(method, call);
    const mayRepeat = call.idempotent === true || REPEATABLE.includes(method);
    for (let attempt = 0; ; attempt += 1) {
      const isLast = attempt >= this.maxRetries;
      let answer: Response;
      try {
        answer = await fetch(this.address(path, call.query), { ...request, signal: AbortSignal.timeout(this.timeout) });
      } catch (error) {
        if (isLast || !mayRepeat) throw new ConnectionFailed('connection_failed', reason(error));
        await pause(attempt, null);
        continue;
      }
      if (answer.ok) return answer;
      const wait = retryAfter(answer.headers.get('retry-after'));
      const again = NOTHING_DONE.includes(answer.status) || (mayRepeat && MAYBE_DONE.includes(answer.status));
      if (isLast || !again || (wait ?? 0) * 1000 > LONGEST_PAUSE_MS) throw await told(answer, wait);
      await answer.body?.cancel();
      await pause(attempt, wait);
    }
  }

  private address(path: string, query: Record<string, unknown> = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const pairs = given.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
    );
    return this.baseUrl + path + (pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '');
  }

  private request(method: string, call: Call): RequestInit {
    const headers: Record<string, string> = { 'User-Agent': 'millrace-typescript/1' };
    if (this.token !== undefined) headers.Authorization = `Bearer ${this.token}`;
    if (call.idempotent === true) headers['Idempotency-Key'] = randomUUID();
    if (call.body === undefined) return { method, headers, body: call.form };
    headers['Content-Type'] = 'application/json';
    return { method, headers, body: JSON.stringify(call.body) };
  }
}

/** The `data` of each Server-Sent Event (WHATWG HTML, section 9.2), as text. */
export async function* events(answer: Response): AsyncGenerator<string> {
  if (answer.body === null) return;
  let rest = '';
  let lines: string[] = [];
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split(/\r\n|\n|\r/);
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (line.startsWith('data:')) lines.push(line.slice(5).replace(/^ /, ''));
      else if (line === '' && lines.length > 0) {
        yield lines.join('\n');
        lines = [];
      }
    }
  }
}

async function told(answer: Response, wait: number | null): Promise<APIError> {
  const body: unknown = await answer.json().catch(() => undefined);
  return errorOf(answer.status, body, wait, answer.headers.get('x-request-id'));
}

/** What the server asks for, else exponential back-off with full jitter on its upper half. */
function pause(attempt: number, wait: number | null): Promise<void> {
  const ceiling = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  const ms = wait !== null ? wait * 1000 : ceiling * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Seconds, from either form that RFC 9110 has for Retry-After. */
function retryAfter(given: string | null): number | null {
  if (given === null) return null;
  const seconds = Number(given);
  if (Number.isFinite(seconds)) return Math.max(seconds, 0);
  const moment = Date.parse(given);
  return Number.isNaN(moment) ? null : Math.max((moment - Date.now()) / 1000, 0);
}

function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}
