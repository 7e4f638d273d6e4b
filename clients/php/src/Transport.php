<?php

declare(strict_types=1);

namespace CRAudioViz;

/**
 * Requests with a key, retries that cannot do a thing twice, and errors as exceptions.
 *
 * A request is sent again when the answer says that nothing was done (429, 503), or when none came and the request may
 * safely come twice: it only reads, replaces or deletes, or it carries an Idempotency-Key that its endpoint honours.
 */
final class Transport
{
    private const NOTHING_DONE = [429, 503];
    private const MAYBE_DONE = [500, 502, 504];
    private const REPEATABLE = ['GET', 'PUT', 'DELETE'];
    private const FIRST_PAUSE = 0.5;
    private const LONGEST_PAUSE = 30.0; // a longer Retry-After is the caller's to decide on: it is thrown at once

    public function __construct(
        private readonly string $apiKey,
        private readonly string $baseUrl,
        public readonly float $timeout,
        private readonly int $maxRetries,
    ) {
    }

    /** @param array{query?: array<string, mixed>, body?: mixed, form?: array<string, mixed>, idempotent?: bool} $call */
    public function record(string $method, string $path, array $call = []): Record
    {
        $text = $this->send($method, $path, $call);
        $values = $text === '' ? [] : json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        return new Record(is_array($values) ? $values : []);
    }

    /**
     * An empty array there is meant as an object: PHP has one kind of both.
     *
     * @param array<string, mixed> $body
     * @return array<string, mixed>
     */
    public static function withObject(array $body, string $name): array
    {
        return ($body[$name] ?? null) === [] ? [$name => new \stdClass()] + $body : $body;
    }

    /**
     * The answer's body, or what `$sink` was given of it. Throws APIError for all answers but good ones.
     *
     * @param array{query?: array<string, mixed>, body?: mixed, form?: array<string, mixed>, idempotent?: bool} $call
     * @param resource|null $sink an open file that takes a good answer's body piece by piece
     */
    public function send(string $method, string $path, array $call = [], $sink = null): string
    {
        $headers = ["Authorization: Bearer {$this->apiKey}", 'User-Agent: millrace-php/1', 'Expect:'];
        if ($call['idempotent'] ?? false) {
            $headers[] = 'Idempotency-Key: ' . bin2hex(random_bytes(16));
        }
        if (array_key_exists('body', $call)) {
            $headers[] = 'Content-Type: application/json';
        }
        $mayRepeat = ($call['idempotent'] ?? false) || in_array($method, self::REPEATABLE, true);
        for ($attempt = 0; ; $attempt++) {
            $isLast = $attempt >= $this->maxRetries;
            [$status, $body, $answered, $problem] = $this->attempt($method, $path, $call, $headers, $sink);
            if ($status >= 200 && $status < 300) {
                return $body;
            }
            if ($status === 0) {
                if ($isLast || !$mayRepeat) {
                    throw new APIError('connection_failed', $problem);
                }
                self::pause($attempt, null);
                continue;
            }
            $wait = self::retryAfter($answered['retry-after'] ?? null);
            $again = in_array($status, self::NOTHING_DONE, true) || ($mayRepeat && in_array($status, self::MAYBE_DONE, true));
            if ($isLast || !$again || ($wait ?? 0.0) > self::LONGEST_PAUSE) {
                throw APIError::of($status, json_decode($body, true), $wait, $answered['x-request-id'] ?? null);
            }
            self::pause($attempt, $wait);
        }
    }

    /**
     * @param array<string, mixed> $call
     * @param list<string> $headers
     * @param resource|null $sink
     * @return array{int, string, array<string, string>, string} status (0: no answer), body, headers, what went wrong
     */
    private function attempt(string $method, string $path, array $call, array $headers, $sink): array
    {
        $query = array_filter($call['query'] ?? [], static fn (mixed $value): bool => $value !== null);
        $pairs = preg_replace('/%5B\d+%5D=/', '=', http_build_query($query)); // a list is its name, repeated
        $url = rtrim($this->baseUrl, '/') . $path . ($query === [] ? '' : "?$pairs");
        [$answered, $body] = [[], ''];
        $handle = curl_init($url);
        curl_setopt_array($handle, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_TIMEOUT_MS => (int) ($this->timeout * 1000),
            CURLOPT_HEADERFUNCTION => static function ($_, string $line) use (&$answered): int {
                $parts = explode(':', $line, 2);
                if (count($parts) === 2) {
                    $answered[strtolower(trim($parts[0]))] = trim($parts[1]);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($handle, string $data) use (&$body, $sink): int {
                if ($sink !== null && curl_getinfo($handle, CURLINFO_RESPONSE_CODE) === 200) {
                    return (int) fwrite($sink, $data);
                }
                $body .= $data;
                return strlen($data);
            },
        ]);
        if (array_key_exists('body', $call)) {
            curl_setopt($handle, CURLOPT_POSTFIELDS, json_encode($call['body'], JSON_THROW_ON_ERROR));
        } elseif (array_key_exists('form', $call)) {
            curl_setopt($handle, CURLOPT_POSTFIELDS, $call['form']);
        }
        $came = curl_exec($handle) !== false;
        $status = $came ? (int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE) : 0;
        return [$status, $body, $answered, curl_error($handle)];
    }

    /** What the server asks for, else exponential back-off with full jitter on its upper half. */
    private static function pause(int $attempt, ?float $wait): void
    {
        $ceiling = min(self::FIRST_PAUSE * 2 ** $attempt, self::LONGEST_PAUSE);
        usleep((int) (1_000_000 * ($wait ?? $ceiling * random_int(500, 1000) / 1000)));
    }

    /** Seconds, from either form that RFC 9110 has for Retry-After. */
    private static function retryAfter(?string $given): ?float
    {
        if ($given === null) {
            return null;
        }
        if (is_numeric($given)) {
            return max((float) $given, 0.0);
        }
        $moment = strtotime($given);
        return $moment === false ? null : max((float) ($moment - time()), 0.0);
    }
}
