<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->ai` */
final class Assistant
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /**
     * Begin a conversation: `reply`, `suggestions`, `chat_id`.
     *
     * @param array<string, mixed> $context
     */
    public function chat(string $message, array $context = []): Record
    {
        $body = ['message' => $message] + ($context === [] ? [] : ['context' => $context]);
        return $this->transport->record('POST', '/ai/chat', ['body' => $body]);
    }

    public function message(string $chat, string $message): Record
    {
        $path = '/ai/chat/' . rawurlencode($chat) . '/message';
        return $this->transport->record('POST', $path, ['body' => ['message' => $message]]);
    }

    public function history(string $chat): Record
    {
        return $this->transport->record('GET', '/ai/chat/' . rawurlencode($chat) . '/history');
    }
}
