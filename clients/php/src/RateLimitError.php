<?php

declare(strict_types=1);

namespace CRAudioViz;

/** 429: try again after `retryAfter` seconds. */
final class RateLimitError extends APIError
{
    /** @param array<string, mixed> $details */
    public function __construct(
        string $errorCode,
        string $message,
        public readonly float $retryAfter,
        array $details = [],
        ?string $requestId = null,
    ) {
        parent::__construct($errorCode, $message, 429, $details, $requestId);
    }
}
