<?php

declare(strict_types=1);

namespace CRAudioViz;

/** The client: `new Client(['api_key' => …, 'base_url' => …])`; `base_url` names another server, with its version. */
final class Client
{
    public const BASE_URL = 'https://api.craudiovizai.com/v1';

    public readonly Resources\User $user;
    public readonly Resources\Credits $credits;
    public readonly Resources\Projects $projects;
    public readonly Resources\Tools $tools;
    public readonly Resources\Jobs $jobs;
    public readonly Resources\Files $files;
    public readonly Resources\Assistant $ai;
    public readonly Resources\Webhooks $webhooks;

    /** @param array{api_key: string, base_url?: string, timeout?: float, max_retries?: int} $options seconds for one attempt */
    public function __construct(array $options)
    {
        $transport = new Transport(
            $options['api_key'],
            $options['base_url'] ?? self::BASE_URL,
            $options['timeout'] ?? 60.0,
            $options['max_retries'] ?? 3,
        );
        $this->user = new Resources\User($transport);
        $this->credits = new Resources\Credits($transport);
        $this->projects = new Resources\Projects($transport);
        $this->tools = new Resources\Tools($transport);
        $this->jobs = new Resources\Jobs($transport);
        $this->files = new Resources\Files($transport);
        $this->ai = new Resources\Assistant($transport);
        $this->webhooks = new Resources\Webhooks($transport);
    }
}
