<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->credits` */
final class Credits
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /** `balance`, `plan`, `monthly_allowance`, `expires_at`. */
    public function balance(): Record
    {
        return $this->transport->record('GET', '/credits/balance');
    }

    /** Buy credits. Sent again after a lost answer it charges once: it carries an Idempotency-Key. */
    public function purchase(int $amount, string $paymentMethod): Record
    {
        $wanted = ['amount' => $amount, 'payment_method' => $paymentMethod];
        return $this->transport->record('POST', '/credits/purchase', ['body' => $wanted, 'idempotent' => true]);
    }

    public function transactions(int $limit = 50, int $offset = 0): Record
    {
        $query = ['limit' => $limit, 'offset' => $offset];
        return $this->transport->record('GET', '/credits/transactions', ['query' => $query]);
    }
}
