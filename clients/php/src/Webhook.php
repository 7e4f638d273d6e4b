<?php

declare(strict_types=1);

namespace CRAudioViz;

/** Checking that a webhook came from the API: over the raw bytes of the body. */
final class Webhook
{
    private const TOLERANCE_SECONDS = 300; // how far a delivery's clock may be off (Standard Webhooks)

    /** Whether `X-CRAudioViz-Signature` (hex HMAC-SHA256 of the body) is this secret's. */
    public static function verifySignature(string $payload, string $signature, string $secret): bool
    {
        return hash_equals(hash_hmac('sha256', $payload, $secret), $signature);
    }

    /**
     * Whether the Standard Webhooks headers are this secret's, and recent.
     *
     * @param array<string, string> $headers
     */
    public static function verify(string $payload, array $headers, string $secret, ?int $now = null): bool
    {
        $found = array_change_key_case($headers);
        $id = $found['webhook-id'] ?? '';
        $moment = $found['webhook-timestamp'] ?? '';
        if ($id === '' || !ctype_digit($moment) || abs(($now ?? time()) - (int) $moment) > self::TOLERANCE_SECONDS) {
            return false;
        }
        $key = str_starts_with($secret, 'whsec_') ? (string) base64_decode(substr($secret, 6), true) : $secret;
        $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$moment.$payload", $key, true));
        foreach (explode(' ', $found['webhook-signature'] ?? '') as $given) {
            if (hash_equals($wanted, $given)) {
                return true;
            }
        }
        return false;
    }
}
