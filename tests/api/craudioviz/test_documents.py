"""docs/craudioviz.md run as it stands there, and the published contract's own examples that need no client library."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from store.kit.settings import ROOT
from tests.kit.eventually import eventually
from tests.kit.receivers import Receiver

STACK_SETTINGS = {"MILLRACE_EGRESS__ALLOW": '["127.0.0.0/8"]'}
PAGE = (ROOT / "docs" / "craudioviz.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(bash|text)\n(.*?)```", PAGE, re.DOTALL)

# As published, but for the address and the key.
CREATE_LOGO = """
import requests
import time

API_KEY = 'YOUR_API_KEY'
BASE_URL = 'https://api.craudiovizai.com/v1'

def create_logo(company_name):
    # Create project
    response = requests.post(
        f'{BASE_URL}/projects',
        headers={'Authorization': f'Bearer {API_KEY}'},
        json={'name': f'{company_name} Branding'}
    )
    project = response.json()

    # Execute logo tool
    response = requests.post(
        f'{BASE_URL}/tools/logo_maker/execute',
        headers={'Authorization': f'Bearer {API_KEY}'},
        json={
            'project_id': project['id'],
            'inputs': {
                'text': company_name,
                'style': 'modern'
            }
        }
    )
    job = response.json()

    # Poll for completion
    while True:
        response = requests.get(
            f'{BASE_URL}/jobs/{job["job_id"]}',
            headers={'Authorization': f'Bearer {API_KEY}'}
        )
        status = response.json()

        if status['status'] == 'completed':
            return status['result']['url']
        elif status['status'] == 'failed':
            raise Exception(status.get('error'))

        time.sleep(2)

# Use it
logo_url = create_logo('Acme Corp')
print(f'Logo ready: {logo_url}')
"""
PROFILE = """curl https://api.craudiovizai.com/v1/user/profile \\
  -H "Authorization: Bearer YOUR_API_KEY"
"""
REQUEST = """
async function apiRequest(url, options) {
  try {
    const response = await fetch(url, options);

    if (response.status === 429) {
      // Rate limited - wait and retry
      const resetTime = response.headers.get('X-RateLimit-Reset');
      const waitTime = resetTime - Date.now();
      await new Promise(resolve => setTimeout(resolve, waitTime));
      return apiRequest(url, options);
    }

    return response;
  } catch (error) {
    console.error('API request failed:', error);
    throw error;
  }
}
"""
VERIFY = """
const crypto = require('crypto');

function verifyWebhook(payload, signature, secret) {
  const hmac = crypto.createHmac('sha256', secret);
  const digest = hmac.update(payload).digest('hex');
  return signature === digest;
}
"""


def here(text, stack, key):
    return text.replace("https://api.craudiovizai.com/v1", f"{stack.url}/v1").replace("YOUR_API_KEY", key)


def ran(command, folder, **environment):
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def node(program, folder):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    return ran(["node", "-e", program], folder)


def test_the_examples_of_the_document_say_what_it_shows(stack, make, tmp_path):
    script = "\n".join(text for kind, text in BLOCKS if kind == "bash")
    shown = "".join(text for kind, text in BLOCKS if kind == "text")

    told = ran(["bash", "-c", script], tmp_path, API=stack.url, KEY=make.key())

    assert told.split("\n") == shown.split("\n")
    assert (tmp_path / "logo.png").read_bytes().startswith(b"\x89PNG")


def test_the_published_python_example_makes_a_logo(stack, make, api, tmp_path):
    told = ran([sys.executable, "-c", here(CREATE_LOGO, stack, make.key())], tmp_path)

    assert told.startswith("Logo ready: ")
    assert api.get(told.removeprefix("Logo ready: ").strip().removeprefix(api.url)).content.startswith(b"\x89PNG")


def test_the_published_curl_example_shows_the_profile(stack, make, owner, tmp_path):
    told = json.loads(ran(["bash", "-c", here(PROFILE, stack, make.key(owner.workspace)).replace("curl", "curl -s", 1)],
                          tmp_path))  # fmt: skip

    assert told == {"id": owner.user.id, "email": owner.user.email, "plan": "free", "credits": 50}


def test_the_published_javascript_request_runs(stack, make, tmp_path):
    url = f"{stack.url}/v1/projects"
    headers = json.dumps({"headers": {"Authorization": f"Bearer {make.key()}"}})
    told = node(
        REQUEST + f"apiRequest('{url}', {headers}).then(r => r.json()).then(d => console.log(d.total))", tmp_path
    )

    assert told == "0\n"


def test_a_finished_logo_is_called_back_with_a_link_that_opens(stack, make, api, tmp_path):
    client = api.with_key(make.key())
    with Receiver() as receiver:
        webhook = {"url": receiver.url, "events": ["job.completed", "project.created"], "secret": "your_webhook_secret"}
        assert client.post("/v1/webhooks", webhook).status_code == 201
        project = client.post("/v1/projects", {"name": "My Project"}).json()["id"]
        order = {"project_id": project, "inputs": {"text": "https://example.com"}}
        job_id = client.post("/v1/tools/qr_code/execute", order).json()["job_id"]
        hits = eventually(lambda: len(receiver.hits) >= 2 and list(receiver.hits), within_s=20)
    told = {json.loads(hit.body)["event"]: (json.loads(hit.body)["data"], hit.body, hit.headers) for hit in hits}

    assert told["project.created"][0] == {"project_id": project, "name": "My Project"}
    data, body, headers = told["job.completed"]
    assert (data["job_id"], data["project_id"]) == (job_id, project)
    assert api.get(data["result_url"].removeprefix(api.url)).content.startswith(b"\x89PNG")
    signature = headers["x-craudioviz-signature"]
    assert signature == hmac.new(b"your_webhook_secret", body, hashlib.sha256).hexdigest()
    check = f"console.log(verifyWebhook({json.dumps(body.decode())}, '{signature}', 'your_webhook_secret'))"
    assert node(VERIFY + check, tmp_path) == "true\n"
