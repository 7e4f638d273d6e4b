<?php

declare(strict_types=1);

namespace CRAudioViz;

/** The API said no, or gave no answer (`status` 0). `details` are the facts that came with the error. */
class APIError extends \RuntimeException
{
    /** @param array<string, mixed> $details */
    public function __construct(
        public readonly string $errorCode,
        string $message,
        public readonly int $status = 0,
        public readonly array $details = [],
        public readonly ?string $requestId = null,
    ) {
        parent::__construct($message, $status);
    }

    /** The error that an answer tells. */
    public static function of(int $status, mixed $body, ?float $retryAfter, ?string $requestId): self
    {
        $told = is_array($body) && is_array($body['error'] ?? null) ? $body['error'] : [];
        $code = (string) ($told['code'] ?? "http_$status");
        $message = (string) ($told['message'] ?? "The API answered $status.");
        $details = is_array($told['details'] ?? null) ? $told['details'] : [];
        if ($status === 429) {
            return new RateLimitError($code, $message, $retryAfter ?? 1.0, $details, $requestId);
        }
        return new self($code, $message, $status, $details, $requestId);
    }
}
