<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->webhooks` */
final class Webhooks
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /** @param array{url: string, events: list<string>, secret?: string} $wanted */
    public function create(array $wanted): Record
    {
        return $this->transport->record('POST', '/webhooks', ['body' => $wanted]);
    }

    /** @return list<Record> */
    public function list(): array
    {
        return $this->transport->record('GET', '/webhooks')->webhooks;
    }

    public function delete(string $id): void
    {
        $this->transport->send('DELETE', '/webhooks/' . rawurlencode($id));
    }
}
