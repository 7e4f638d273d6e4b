<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->tools` */
final class Tools
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /** @return list<Record> every tool with its price and the JSON Schema of its inputs */
    public function list(): array
    {
        return $this->transport->record('GET', '/tools')->tools;
    }

    /** @param array<string, mixed> $wanted `inputs`, and `project_id` for where the result goes */
    public function execute(string $tool, array $wanted): Record
    {
        $path = '/tools/' . rawurlencode($tool) . '/execute';
        return $this->transport->record('POST', $path, ['body' => Transport::withObject($wanted, 'inputs'), 'idempotent' => true]);
    }
}
