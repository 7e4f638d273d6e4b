<?php

declare(strict_types=1);

namespace CRAudioViz;

/** The job is not over yet; it goes on, and can be waited for again. */
final class WaitTimeout extends APIError
{
}
