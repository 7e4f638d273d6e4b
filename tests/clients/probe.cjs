// The scenario of test_libraries.py in JavaScript: argument 1 is the server.
const CRAudioViz = require('@craudiovizai/sdk');

const [base, payload, signature, headers, secret] = process.argv.slice(2);
const { verifySignature, verifyWebhook } = CRAudioViz;
(async () => {
  const client = new CRAudioViz({ apiKey: 'sk_test_probe', baseUrl: base });
  const told = { created: (await client.projects.create({ name: 'again' })).id };
  await client.projects.create({ name: 'broken' }).catch((error) => {
    told.broken = [error.status, error.code, error.message, error.details];
  });
  told.job = (await client.jobs.submit('diagnostics.echo')).id;
  await client.projects.get('proj_busy').catch((error) => {
    if (error instanceof CRAudioViz.RateLimitError) told.limited = [error.code, error.retryAfter];
  });
  told.verified = [
    verifySignature(payload, signature, secret),
    verifySignature(payload, signature, 'another'),
    verifyWebhook(payload, JSON.parse(headers), secret),
    verifyWebhook('changed', JSON.parse(headers), secret),
    verifyWebhook(payload, { ...JSON.parse(headers), 'webhook-timestamp': '1' }, secret),
  ];
  console.log(JSON.stringify(told));
})();
