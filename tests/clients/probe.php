<?php
// The scenario of test_libraries.py in PHP: argument 1 is the autoloader, 2 the server.

use CRAudioViz\APIError;
use CRAudioViz\Client;
use CRAudioViz\RateLimitError;
use CRAudioViz\Webhook;

[, $autoload, $base, $payload, $signature, $headers, $secret] = $argv;
require $autoload;
$client = new Client(['api_key' => 'sk_test_probe', 'base_url' => $base]);
$told = ['created' => $client->projects->create(['name' => 'again'])->id];
try {
    $client->projects->create(['name' => 'broken']);
} catch (APIError $error) {
    $told['broken'] = [$error->status, $error->errorCode, $error->getMessage(), $error->details];
}
$told['job'] = $client->jobs->submit('diagnostics.echo')->id;
try {
    $client->projects->get('proj_busy');
} catch (RateLimitError $error) {
    $told['limited'] = [$error->errorCode, $error->retryAfter];
}
$given = json_decode($headers, true);
$told['verified'] = [
    Webhook::verifySignature($payload, $signature, $secret),
    Webhook::verifySignature($payload, $signature, 'another'),
    Webhook::verify($payload, $given, $secret),
    Webhook::verify('changed', $given, $secret),
    Webhook::verify($payload, ['webhook-timestamp' => '1'] + $given, $secret),
];
echo json_encode($told);
