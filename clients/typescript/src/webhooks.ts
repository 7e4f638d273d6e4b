/** Checking that a webhook came from the API: over the raw bytes of the body, before anything has parsed them. */

import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300; // how far a delivery's clock may be off (Standard Webhooks)

/** Whether `X-CRAudioViz-Signature` (hex HMAC-SHA256 of the body) is this secret's. */
export function verifySignature(payload: string | Uint8Array, signature: string, secret: string): boolean {
  return isSame(createHmac('sha256', secret).update(payload).digest('hex'), signature);
}

/** Whether the Standard Webhooks headers (`webhook-id`, `-timestamp`, `-signature`) are this secret's, and recent. */
export function verifyWebhook(
  payload: string | Uint8Array,
  headers: Record<string, string | string[] | undefined>,
  secret: string,
  now: number = Date.now() / 1000,
): boolean {
  const found = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]));
  const [id, moment, given] = ['id', 'timestamp', 'signature'].map((name) => found.get(`webhook-${name}`) ?? '');
  if (!id || !given || !/^\d+$/.test(moment) || Math.abs(now - Number(moment)) > TOLERANCE_SECONDS) return false;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const wanted = createHmac('sha256', key).update(`${id}.${moment}.`).update(payload).digest('base64');
  return given.split(' ').some((one) => isSame(`v1,${wanted}`, one));
}

function isSame(wanted: string, given: string): boolean {
  const [a, b] = [Buffer.from(wanted), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
