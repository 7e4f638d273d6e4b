<?php

declare(strict_types=1);

namespace CRAudioViz;

/** The job that was waited for failed or was cancelled; `details['job']` is the job. */
final class JobFailed extends APIError
{
}
