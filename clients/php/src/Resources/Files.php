<?php

declare(strict_types=1);

namespace CRAudioViz\Resources;

use CRAudioViz\Record;
use CRAudioViz\Transport;

/** `$client->files` */
final class Files
{
    public function __construct(private readonly Transport $transport)
    {
    }

    /** @param array<string, string> $fields `project_id` says where it belongs */
    public function upload(string $path, array $fields = []): Record
    {
        if (!is_file($path) || !is_readable($path)) {
            throw new \RuntimeException("$path cannot be read.");
        }
        $kind = function_exists('mime_content_type') ? (mime_content_type($path) ?: null) : null;
        $form = $fields + ['file' => new \CURLFile($path, $kind, basename($path))];
        return $this->transport->record('POST', '/files/upload', ['form' => $form]);
    }

    /** Write the file there, piece by piece. */
    public function download(string $id, string $to): void
    {
        $target = fopen($to, 'wb');
        if ($target === false) {
            throw new \RuntimeException("$to cannot be written.");
        }
        try {
            $this->transport->send('GET', '/files/' . rawurlencode($id) . '/download', [], $target);
        } finally {
            fclose($target);
        }
    }

    public function delete(string $id): Record
    {
        return $this->transport->record('DELETE', '/files/' . rawurlencode($id));
    }
}
