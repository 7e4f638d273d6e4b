// CR AudioViz's documented Express endpoint, line for line, with a free port, and words about what it saw.
const path = require('path');
const crypto = require('crypto');
const modules = process.argv[2];
const purchaseCredits = (amount) => console.log(JSON.stringify({ purchased: amount }));

function withExpress() {
  const express = require(path.join(modules, 'express'));
  const app = express();

  app.post('/webhook', express.raw({type: 'application/json'}), (req, res) => {
    const signature = req.headers['x-craudioviz-signature'];
    const payload = req.body;

    // Verify signature
    const hmac = crypto.createHmac('sha256', 'YOUR_WEBHOOK_SECRET');
    const digest = hmac.update(payload).digest('hex');

    if (signature !== digest) {
      return res.status(401).send('Invalid signature');
    }

    const event = JSON.parse(payload);

    if (event.event === 'credits.low') {
      console.log('⚠️ Low credits warning!');
      console.log(`Current balance: ${event.data.current_balance}`);

      // Auto-purchase more credits
      purchaseCredits(500);
    }

    res.status(200).send('OK');
  });

  return app;
}

// The documented function on its own, where Express cannot be installed.
function verifyWebhook(payload, signature, secret) {
  const hmac = crypto.createHmac('sha256', secret);
  const digest = hmac.update(payload).digest('hex');
  return signature === digest;
}

function plain(req, res) {
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    const payload = Buffer.concat(parts);
    const good = verifyWebhook(payload, req.headers['x-craudioviz-signature'], 'YOUR_WEBHOOK_SECRET');
    if (good && JSON.parse(payload).event === 'credits.low') purchaseCredits(500);
    res.statusCode = good ? 200 : 401;
    res.end(good ? 'OK' : 'Invalid signature');
  });
}

const server = require('http').createServer(modules ? withExpress() : plain);
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
