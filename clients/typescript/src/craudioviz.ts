/** The client library of CR AudioViz's API. */

import { Files } from './files.js';
import { Jobs } from './jobs.js';
import { Projects } from './projects.js';
import { record, type Answer } from './records.js';
import { Transport, type Options } from './transport.js';

export * from './errors.js';
export { verifySignature, verifyWebhook } from './webhooks.js';
export type { Answer, Options };

const BASE_URL = 'https://api.craudiovizai.com/v1';

export class CRAudioViz {
  readonly user: User;
  readonly credits: Credits;
  readonly projects: Projects;
  readonly tools: Tools;
  readonly jobs: Jobs;
  readonly files: Files;
  readonly ai: Assistant;
  readonly webhooks: Webhooks;

  constructor(options: Options & { apiKey: string }) {
    const transport = new Transport(options, BASE_URL);
    this.user = new User(transport);
    this.credits = new Credits(transport);
    this.projects = new Projects(transport);
    this.tools = new Tools(transport);
    this.jobs = new Jobs(transport);
    this.files = new Files(transport);
    this.ai = new Assistant(transport);
    this.webhooks = new Webhooks(transport);
  }
}

class User {
  constructor(private readonly transport: Transport) {}

  /** Who the key belongs to: `id`, `email`, `plan`, `credits`. */
  async profile(): Promise<Answer> {
    return record(await this.transport.json('GET', '/user/profile'));
  }
}

class Credits {
  constructor(private readonly transport: Transport) {}

  async balance(): Promise<Answer> {
    return record(await this.transport.json('GET', '/credits/balance'));
  }

  /** Buy credits. Sent again after a lost answer it charges once: it carries an Idempotency-Key. */
  async purchase(wanted: { amount: number; payment_method: string }): Promise<Answer> {
    return record(await this.transport.json('POST', '/credits/purchase', { body: wanted, idempotent: true }));
  }

  async transactions(query: { limit?: number; offset?: number } = {}): Promise<Answer> {
    return record(await this.transport.json('GET', '/credits/transactions', { query }));
  }
}

class Tools {
  constructor(private readonly transport: Transport) {}

  /** Every tool with its price and the JSON Schema of its inputs. */
  async list(): Promise<Answer[]> {
    return (await this.transport.json<{ tools: Answer[] }>('GET', '/tools')).tools;
  }

  /** Start a tool: `inputs`, and `project_id` for where its result goes. */
  async execute(tool: string, wanted: { inputs: Record<string, unknown>; project_id?: string }): Promise<Answer> {
    const path = `/tools/${encodeURIComponent(tool)}/execute`;
    return record(await this.transport.json('POST', path, { body: wanted, idempotent: true }));
  }
}

class Assistant {
  constructor(private readonly transport: Transport) {}

  /** Begin a conversation: `reply`, `suggestions`, `chat_id`. */
  async chat(message: string, context?: Record<string, unknown>): Promise<Answer> {
    return record(await this.transport.json('POST', '/ai/chat', { body: { message, context } }));
  }

  async message(chat: string, message: string): Promise<Answer> {
    return record(await this.transport.json('POST', `/ai/chat/${encodeURIComponent(chat)}/message`, { body: { message } }));
  }

  async history(chat: string): Promise<Answer> {
    return record(await this.transport.json('GET', `/ai/chat/${encodeURIComponent(chat)}/history`));
  }
}

class Webhooks {
  constructor(private readonly transport: Transport) {}

  /** Have events sent to `url`. Without a secret one is made; it is in this answer only. */
  async create(wanted: { url: string; events: string[]; secret?: string }): Promise<Answer> {
    return record(await this.transport.json('POST', '/webhooks', { body: wanted }));
  }

  async list(): Promise<Answer[]> {
    return (await this.transport.json<{ webhooks: Answer[] }>('GET', '/webhooks')).webhooks;
  }

  async delete(id: string): Promise<void> {
    await this.transport.send('DELETE', `/webhooks/${encodeURIComponent(id)}`);
  }
}

export default CRAudioViz;
