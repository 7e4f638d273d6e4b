<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->user` */
final class User
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /** Who the key belongs to: `id`, `email`, `plan`, `credits`. */
    public function profile(): Record
    {
        return $this->transport->record('GET', '/user/profile');
    }
}
