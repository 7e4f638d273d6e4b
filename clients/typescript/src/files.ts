/** `client.files`: upload, download, delete. */

import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { record, type Answer } from './records.js';
import type { Transport } from './transport.js';

export class Files {
  constructor(private readonly transport: Transport) {}

  /** Upload a path or bytes. `project_id` says where it belongs. */
  async upload(file: string | Uint8Array | Blob, options: { name?: string; project_id?: string } = {}): Promise<Answer> {
    const content = typeof file === 'string' ? await openAsBlob(file) : file instanceof Blob ? file : new Blob([file as any]);
    const form = new FormData();
    if (options.project_id !== undefined) form.set('project_id', options.project_id);
    form.set('file', content, options.name ?? (typeof file === 'string' ? basename(file) : 'upload'));
    return record(await this.transport.json('POST', '/files/upload', { form }));
  }

  /** The file as an answer: read its `body` piece by piece, or `arrayBuffer()`. */
  async download(id: string): Promise<Response> {
    return this.transport.send('GET', `/files/${encodeURIComponent(id)}/download`);
  }

  async delete(id: string): Promise<Answer> {
    return record(await this.transport.json('DELETE', `/files/${encodeURIComponent(id)}`));
  }
}
