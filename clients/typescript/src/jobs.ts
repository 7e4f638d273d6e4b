/** `client.jobs`: submit, read, wait, cancel, retry. */

import { JobFailed, WaitTimeout } from './errors.js';
import { record, type Answer } from './records.js';
import type { Transport } from './transport.js';

const LONG_POLL_SECONDS = 20; // the server answers at once when the job ends before that

export class Jobs {
  constructor(private readonly transport: Transport) {}

  /** Start any public pipeline. */
  async submit(pipeline: string, input: unknown = {}, fields: Record<string, unknown> = {}): Promise<Answer> {
    const body = { pipeline, input, ...fields };
    return record(await this.transport.json('POST', '/jobs', { body, idempotent: true }));
  }

  async get(id: string): Promise<Answer> {
    return record(await this.transport.json('GET', `/jobs/${encodeURIComponent(id)}`));
  }

  /** One page, newest first: `jobs`, `next_cursor`, `has_more`. */
  async list(query: Record<string, unknown> = {}): Promise<Answer> {
    return record(await this.transport.json('GET', '/jobs', { query }));
  }

  /** The job's result (`result.url`), with the job as `result.job`; `timeout` in milliseconds. */
  async wait(id: string, options: { timeout?: number } = {}): Promise<Answer> {
    const endsAt = Date.now() + (options.timeout ?? 600_000);
    for (;;) {
      const left = (endsAt - Date.now()) / 1000;
      const wait = Math.max(Math.min(LONG_POLL_SECONDS, left, this.transport.timeout / 2000), 0).toFixed(2);
      const job = record<Record<string, any>>(
        await this.transport.json('GET', `/jobs/${encodeURIComponent(id)}`, { query: { wait } }),
      );
      if (job.status === 'completed') {
        const result = isPlain(job.result) ? job.result : { value: job.result };
        return record({ ...result, job });
      }
      if (job.status === 'failed' || job.status === 'cancelled') {
        const told = job.error ?? {};
        const details = { ...told.details, job };
        throw new JobFailed(told.code ?? job.status, told.message ?? `The job was ${job.status}.`, { details });
      }
      if (left <= 0) throw new WaitTimeout('wait_timeout', `${id} is not over yet; it goes on.`);
    }
  }

  async cancel(id: string): Promise<Answer> {
    return record(await this.transport.json('POST', `/jobs/${encodeURIComponent(id)}/cancel`, { idempotent: true }));
  }

  async retry(id: string): Promise<Answer> {
    return record(await this.transport.json('POST', `/jobs/${encodeURIComponent(id)}/retry`));
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
