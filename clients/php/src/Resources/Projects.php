<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->projects` */
final class Projects
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /** @param array<string, mixed> $fields `name`; `description`, `tags`, `settings` */
    public function create(array $fields): Record
    {
        return $this->transport->record('POST', '/projects', ['body' => Transport::withObject($fields, 'settings')]);
    }

    /** @param array<string, mixed> $query `limit`, `offset` or `page`, `sort`, `order`, `tags` */
    public function list(array $query = []): Record
    {
        return $this->transport->record('GET', '/projects', ['query' => $query]);
    }

    public function get(string $id): Record
    {
        return $this->transport->record('GET', '/projects/' . rawurlencode($id));
    }

    /** @param array<string, mixed> $fields those to set; the others stay as they are */
    public function update(string $id, array $fields): Record
    {
        return $this->transport->record('PATCH', '/projects/' . rawurlencode($id), ['body' => Transport::withObject($fields, 'settings')]);
    }

    public function delete(string $id): Record
    {
        return $this->transport->record('DELETE', '/projects/' . rawurlencode($id));
    }
}
