/** The client library of Clisonix's API. Answers come out of their envelope; `meta` stays beside them. */

import { APIError } from './errors.js';
import { Projects } from './projects.js';
import { record, type Answer } from './records.js';
import { events, Transport, type Call, type Options } from './transport.js';

export * from './errors.js';
export { verifyWebhook } from './webhooks.js';
export type { Answer, Options };

const BASE_URL = 'https://api.clisonix.cloud/v1';

/** `session_id` continues a conversation. */
export interface ChatOptions {
  session_id?: string;
  temperature?: number;
  max_tokens?: number;
}

export class ClisonixClient {
  readonly ocean: Ocean;
  readonly analytics: Analytics;
  readonly auth: Auth;
  readonly projects: Projects;
  readonly users: Users;

  constructor(options: Options = {}) {
    const transport = new Transport({ timeout: 120_000, ...options }, BASE_URL);
    this.ocean = new Ocean(transport);
    this.analytics = new Analytics(transport);
    this.auth = new Auth(transport);
    this.projects = new Projects(transport);
    this.users = new Users(transport);
  }
}

class Ocean {
  constructor(private readonly transport: Transport) {}

  /** One answer; `text` is what it says. */
  async chat(message: string, options: ChatOptions = {}): Promise<Answer & { text: string }> {
    const found = await data(this.transport, 'POST', '/ocean/v2/chat', { body: body(message, options) });
    return Object.assign(found, { text: String(found.response) });
  }

  /** The answer as it comes: events with a `type`; `token` has `content`. Leaving the loop early cancels it. */
  async *stream(message: string, options: ChatOptions = {}): AsyncGenerator<Answer> {
    const answer = await this.transport.send('POST', '/ocean/v2/stream', { body: body(message, options) });
    for await (const text of events(answer)) {
      const event = JSON.parse(text);
      if (event.type === 'error') throw new APIError(event.code ?? 'error', event.message ?? 'The answer broke off.');
      yield event;
      if (event.type === 'done') return;
    }
  }
}

class Analytics {
  constructor(private readonly transport: Transport) {}

  /** The workspace's own requests between two moments. */
  async summary(query: { from: string; to: string; granularity?: 'hour' | 'day' | 'week' | 'month' }): Promise<Answer> {
    return data(this.transport, 'GET', '/analytics/summary', { query });
  }
}

class Auth {
  constructor(private readonly transport: Transport) {}

  /** Sign in; the client uses the session from now on. */
  async login(email: string, password: string): Promise<Answer> {
    return this.adopt(await data(this.transport, 'POST', '/auth/login', { body: { email, password } }));
  }

  /** Continue a session. A refresh token counts once; the answer has the next one. */
  async refresh(token: string): Promise<Answer> {
    return this.adopt(await data(this.transport, 'POST', '/auth/refresh', { body: { refresh_token: token } }));
  }

  private adopt(session: Answer): Answer {
    this.transport.authorize(session.access_token);
    return session;
  }
}

class Users {
  constructor(private readonly transport: Transport) {}

  async me(): Promise<Answer> {
    return data(this.transport, 'GET', '/users/me');
  }

  async update(fields: { name?: string; avatar_url?: string | null }): Promise<Answer> {
    return data(this.transport, 'PATCH', '/users/me', { body: fields });
  }
}

async function data(transport: Transport, method: string, path: string, call: Call = {}): Promise<Answer> {
  const answer = await transport.json<{ data: Record<string, unknown>; meta?: unknown }>(method, path, call);
  return record(answer.meta === undefined ? answer.data : { ...answer.data, meta: answer.meta });
}

function body(message: string, { session_id, ...options }: ChatOptions): Record<string, unknown> {
  return { message, session_id, ...(Object.keys(options).length > 0 ? { options } : {}) };
}
