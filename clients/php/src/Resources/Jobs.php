<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\JobFailed;
use CRAudioViz\Record;
use CRAudioViz\Transport;
use CRAudioViz\WaitTimeout;

/** `$client->jobs` */
final class Jobs
{
    private const LONG_POLL_SECONDS = 20.0; // the server answers at once when the job ends before that

    public function __construct(private readonly Transport $transport)
    {
    }

    /** Start any public pipeline. */
    public function submit(string $pipeline, mixed $input = new \stdClass(), array $fields = []): Record
    {
        $body = ['pipeline' => $pipeline, 'input' => $input] + $fields;
        return $this->transport->record('POST', '/jobs', ['body' => $body, 'idempotent' => true]);
    }

    public function get(string $id): Record
    {
        return $this->transport->record('GET', '/jobs/' . rawurlencode($id));
    }

    /** The job's result (`$result->url`), with the job as `$result->job`; the timeout in seconds. */
    public function wait(string $id, float $timeout = 600.0): Record
    {
        $endsAt = microtime(true) + $timeout;
        while (true) {
            $left = $endsAt - microtime(true);
            $wait = round(max(min(self::LONG_POLL_SECONDS, $left, $this->transport->timeout / 2), 0.0), 2);
            $job = $this->transport->record('GET', '/jobs/' . rawurlencode($id), ['query' => ['wait' => $wait]]);
            $plain = $job->toArray();
            if ($job->status === 'completed') {
                $result = $plain['result'] ?? null;
                $isMap = is_array($result) && !array_is_list($result);
                return new Record(($isMap ? $result : ['value' => $result]) + ['job' => $plain]);
            }
            if ($job->status === 'failed' || $job->status === 'cancelled') {
                $told = $plain['error'] ?? [];
                $details = ($told['details'] ?? []) + ['job' => $plain];
                $message = $told['message'] ?? "The job was {$job->status}.";
                throw new JobFailed($told['code'] ?? $job->status, $message, 0, $details);
            }
            if ($left <= 0) {
                throw new WaitTimeout('wait_timeout', "$id is not over yet; it goes on.");
            }
        }
    }

    public function cancel(string $id): Record
    {
        return $this->transport->record('POST', '/jobs/' . rawurlencode($id) . '/cancel', ['idempotent' => true]);
    }

    public function retry(string $id): Record
    {
        return $this->transport->record('POST', '/jobs/' . rawurlencode($id) . '/retry');
    }
}
