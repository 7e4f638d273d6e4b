<?php

declare(strict_types=1);

namespace CRAudioViz;

/** An answer's JSON with its fields as properties, and an `id` whatever the contract calls it there. */
final class Record implements \JsonSerializable
{
    private const IDS = ['job_id', 'file_id', 'chat_id', 'item_id', 'transaction_id', 'webhook_id', 'project_id'];

    /** @param array<string, mixed> $values */
    public function __construct(private readonly array $values)
    {
    }

    public function __get(string $name): mixed
    {
        if (array_key_exists($name, $this->values)) {
            return self::read($this->values[$name]);
        }
        foreach ($name === 'id' ? self::IDS : [] as $known) {
            if (array_key_exists($known, $this->values)) {
                return $this->values[$known];
            }
        }
        throw new \OutOfRangeException("The answer has no '$name'; it has " . implode(', ', array_keys($this->values)) . '.');
    }

    public function __isset(string $name): bool
    {
        return isset($this->values[$name]) || ($name === 'id' && array_intersect(self::IDS, array_keys($this->values)) !== []);
    }

    /** @return array<string, mixed> the plain values */
    public function toArray(): array
    {
        return $this->values;
    }

    public function jsonSerialize(): mixed
    {
        return $this->values;
    }

    private static function read(mixed $value): mixed
    {
        if (!is_array($value)) {
            return $value;
        }
        return array_is_list($value) ? array_map(self::read(...), $value) : new self($value);
    }
}
