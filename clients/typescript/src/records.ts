/** Answers: the API's fields as they are, and an `id` whatever the contract calls it there. */

const IDS = ['job_id', 'file_id', 'chat_id', 'item_id', 'transaction_id', 'webhook_id', 'project_id'];

export type Answer<T = Record<string, unknown>> = T & { id: string; [field: string]: any };

/** The answer with its `id`. */
export function record<T>(value: T): Answer<T> {
  const fields = value as Record<string, unknown>;
  if (fields.id === undefined) {
    const known = IDS.find((name) => fields[name] !== undefined);
    if (known !== undefined) Object.defineProperty(fields, 'id', { value: fields[known], enumerable: false });
  }
  return fields as Answer<T>;
}
