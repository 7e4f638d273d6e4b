/** Projects, as both contracts have them: one resource behind two envelopes. */

import { record, type Answer } from './records.js';
import type { Transport } from './transport.js';

export interface ProjectFields {
  name?: string;
  description?: string | null;
  tags?: string[];
  settings?: Record<string, unknown>;
}

export interface ProjectPage {
  projects: Answer[];
  total: number;
  has_more: boolean;
}

export class Projects {
  constructor(private readonly transport: Transport) {}

  async create(fields: ProjectFields & { name: string }): Promise<Answer> {
    return record(await this.transport.json('POST', '/projects', { body: fields }));
  }

  /** One page: `limit`, `offset` (or `page`), `sort`, `order`, `tags`. */
  async list(query: Record<string, unknown> = {}): Promise<ProjectPage> {
    return this.transport.json('GET', '/projects', { query });
  }

  /** Every project, page by page. */
  async *iterate(query: Record<string, unknown> = {}): AsyncGenerator<Answer> {
    for (let offset = 0; ; ) {
      const page = await this.list({ limit: 100, ...query, offset });
      yield* page.projects;
      offset += page.projects.length;
      if (!page.has_more || page.projects.length === 0) return;
    }
  }

  async get(id: string): Promise<Answer> {
    return record(await this.transport.json('GET', `/projects/${encodeURIComponent(id)}`));
  }

  /** Set the fields given; the others stay as they are. */
  async update(id: string, fields: ProjectFields): Promise<Answer> {
    return record(await this.transport.json('PATCH', `/projects/${encodeURIComponent(id)}`, { body: fields }));
  }

  async delete(id: string): Promise<Answer> {
    return record(await this.transport.json('DELETE', `/projects/${encodeURIComponent(id)}`));
  }
}
