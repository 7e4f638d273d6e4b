/** What a call can throw. All of it is an APIError with a `code` and a `message`. */

export interface ErrorFacts {
  status?: number;
  details?: Record<string, unknown>;
  requestId?: string | null;
}

/** The API said no. `status` is 0 when no answer came. */
export class APIError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Record<string, unknown>;
  readonly requestId: string | null;

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.status = facts.status ?? 0;
    this.details = facts.details ?? {};
    this.requestId = facts.requestId ?? null;
  }
}

/** 401: the key is missing, wrong or revoked. */
export class AuthenticationError extends APIError {}
/** 402: `details` has `required` and `available`. */
export class InsufficientCreditsError extends APIError {}
/** 404: there is no such thing in this workspace. */
export class NotFoundError extends APIError {}
/** 400 or 422: `details.field` names what is wrong. */
export class InvalidInputError extends APIError {}
/** No answer came: the network, the name, or the time was over. */
export class ConnectionFailed extends APIError {}
/** The job that was waited for failed or was cancelled; `details.job` is the job. */
export class JobFailed extends APIError {}
/** The job is not over yet; it goes on, and can be waited for again. */
export class WaitTimeout extends APIError {}

/** 429: try again after `retryAfter` seconds. */
export class RateLimitError extends APIError {
  readonly retryAfter: number;

  constructor(code: string, message: string, retryAfter: number, facts: ErrorFacts = {}) {
    super(code, message, facts);
    this.retryAfter = retryAfter;
  }
}

const BY_STATUS: Record<number, typeof APIError> = {
  400: InvalidInputError,
  401: AuthenticationError,
  402: InsufficientCreditsError,
  404: NotFoundError,
  422: InvalidInputError,
};

/** The error that an answer tells, in the shape of any of the contracts. */
export function errorOf(status: number, body: unknown, retryAfter: number | null, requestId: string | null): APIError {
  const whole = isObject(body) ? body : {};
  const told = isObject(whole.error) ? whole.error : { ...whole, message: whole.error ?? whole.detail };
  const code = String(told.code ?? `http_${status}`);
  const message = String(told.message ?? `The API answered ${status}.`);
  const facts = { status, requestId, details: isObject(told.details) ? told.details : {} };
  if (status === 429) return new RateLimitError(code, message, retryAfter ?? 1, facts);
  return new (BY_STATUS[status] ?? APIError)(code, message, facts);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
