"""Tools over HTTP: the catalogue, using one as documented, credits, bad inputs and bad files, the seed's own examples."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import timedelta

import numpy as np
import pytest
import requests
import soundfile
from jsonschema import Draft202012Validator
from PIL import Image

from pipelines.engine.submit import Submission, submit
from store.credits import accounts
from store.kit.clock import utc_now
from store.kit.db import rows
from tests.kit.eventually import eventually
from tests.kit.factories import Maker

LOGO = {"text": "My Company", "style": "modern", "colors": ["#FF5733", "#3498db"]}


@pytest.fixture(scope="module")
def pro(stack):
    make = Maker()
    return stack.client().with_key(make.key(make.workspace(plan="pro")))


@pytest.fixture(scope="module")
def project(pro):
    return pro.post("/v1/projects", {"name": "My Project"}).json()["id"]


def used(client, tool, inputs, **more):
    answer = client.post(f"/v1/tools/{tool}/execute", {"inputs": inputs, **more})
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


def ended(client, job_id):
    for _ in range(3):
        job = client.get(f"/v1/jobs/{job_id}?wait=30").json()
        if job["status"] != "processing":
            return job
    raise AssertionError(job)


def done(client, tool, inputs, **more):
    job = ended(client, used(client, tool, inputs, **more))
    assert job["status"] == "completed", job
    return job


def uploaded(client, data, name="picture.png"):
    answer = client.request("POST", "/v1/files/upload", files={"file": (name, io.BytesIO(data))})
    assert answer.status_code == 201, answer.text
    return answer.json()["file_id"]


def opened(client, job, **choice):
    answer = requests.get(job["result"]["url"], params=choice, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.content


def picture(size=(60, 40), kind="PNG", **options):
    image = Image.new("RGB", size, "#ff5733")
    image.paste("#3498db", (0, 0, size[0] // 2, size[1]))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def sound(seconds=2.0, kind="WAV"):
    time = np.linspace(0, seconds, int(seconds * 22_050), endpoint=False)
    buffer = io.BytesIO()
    soundfile.write(buffer, (0.05 * np.sin(time * 2764)).astype("float32"), 22_050, format=kind)
    return buffer.getvalue()


def test_the_catalogue_is_as_documented_and_its_schemas_are_json_schema(pro):
    tools = pro.get("/v1/tools").json()["tools"]

    assert {"id", "name", "category", "credits_per_use", "description", "input_schema"} <= set(tools[0])
    logo = next(tool for tool in tools if tool["id"] == "logo_maker")
    assert (logo["name"], logo["category"], logo["credits_per_use"]) == ("Logo Maker", "design", 10)
    assert pro.get("/v1/tools/logo_maker").json() == logo
    for tool in tools:
        Draft202012Validator.check_schema(tool["input_schema"])
    assert Draft202012Validator(logo["input_schema"]).is_valid(LOGO)
    assert not Draft202012Validator(logo["input_schema"]).is_valid({"style": "modern"})
    assert pro.get("/v1/tools/nope").json()["error"]["code"] == "tool_not_found"


def test_a_logo_is_made_as_documented(pro, project):
    before = pro.get("/v1/credits/balance").json()["balance"]
    started = pro.post("/v1/tools/logo_maker/execute", {"project_id": project, "inputs": LOGO})
    job = ended(pro, started.json()["job_id"])

    assert started.status_code == 202
    assert set(started.json()) == {"job_id", "status", "estimated_time"}
    assert (started.json()["status"], started.headers["Location"].endswith(started.json()["job_id"])) == (
        "processing", True,
    )  # fmt: skip
    assert (job["status"], job["credits_used"]) == ("completed", 10)
    assert job["completed_at"].endswith("Z")
    assert job["result"]["formats"] == ["png", "svg", "pdf"]
    assert pro.get("/v1/credits/balance").json()["balance"] == before - 10
    (item,) = [one for one in pro.get(f"/v1/projects/{project}").json()["items"] if one["job_id"] == job["job_id"]]
    assert (item["id"], item["type"], item["name"]) == (job["result"]["item_id"], "logo", "Logo v1")
    whole = pro.get(f"/v1/items/{item['id']}").json()
    assert {file["layout"] for file in whole["files"]} == {"wordmark", "horizontal", "stacked", "badge", "icon"}

    first = Image.open(io.BytesIO(opened(pro, job)))
    assert (first.format, first.width) == ("PNG", 1024)
    assert Image.open(io.BytesIO(opened(pro, job, format="png", layout="icon", width=256))).size == (256, 256)
    svg = opened(pro, job, format="svg").decode()
    assert svg.startswith("<svg") and "<path" in svg and "<text" not in svg
    assert opened(pro, job, format="pdf").startswith(b"%PDF")
    assert requests.get(job["result"]["url"], params={"format": "gif"}, timeout=9).status_code == 404


def test_each_picture_tool_gives_real_pictures(pro):
    file = uploaded(pro, picture())
    upright = uploaded(pro, picture(kind="JPEG", exif=_turned()), "turned.jpg")

    resized = done(pro, "image_resizer", {"file_id": file, "width": 100, "height": 100, "mode": "fill"})
    turned = done(pro, "image_resizer", {"file_id": upright, "width": 20, "formats": ["webp", "png"]})
    palette = done(pro, "palette_extractor", {"file_id": file, "colors": 2})["result"]["palette"]
    icons = done(pro, "favicon_pack", {"file_id": file, "name": "Acme"})

    assert Image.open(io.BytesIO(opened(pro, resized))).size == (100, 100)
    webp = Image.open(io.BytesIO(opened(pro, turned)))
    assert (webp.format, webp.size) == ("WEBP", (20, 30))
    assert [color["hex"] for color in palette] == ["#ff5733", "#3498db"] or {c["hex"] for c in palette} == {
        "#ff5733", "#3498db",
    }  # fmt: skip
    packed = zipfile.ZipFile(io.BytesIO(opened(pro, icons)))
    assert {"favicon.ico", "apple-touch-icon.png", "site.webmanifest"} <= set(packed.namelist())
    assert Image.open(io.BytesIO(packed.read("favicon.ico"))).info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    return exif


def test_cards_codes_sound_and_transcripts_are_made(pro):
    card = done(pro, "social_card", {"title": "How small harbours stay open", "style": "vintage"})
    code = done(pro, "qr_code", {"text": "https://example.com"})
    wave = done(pro, "audio_waveform", {"file_id": uploaded(pro, sound(kind="MP3"), "a.mp3"), "width": 400})
    loud = done(pro, "audio_normalizer", {"file_id": uploaded(pro, sound(), "a.wav"), "format": "flac"})
    text = done(pro, "transcript_cleaner", {"text": "00:01 JOHN: um, so we we should, you know, start."})

    sizes = {name: Image.open(io.BytesIO(opened(pro, card, layout=name))).size for name in card["result"]["layouts"]}
    assert sizes == {"landscape": (1200, 630), "square": (1080, 1080), "story": (1080, 1920)}
    assert Image.open(io.BytesIO(opened(pro, code, format="png"))).width > 900
    assert Image.open(io.BytesIO(opened(pro, wave))).size == (400, 320)
    assert loud["result"]["loudness_after"] == pytest.approx(-16, abs=0.1)
    samples, rate = soundfile.read(io.BytesIO(opened(pro, loud)))
    assert (rate, len(samples)) == (22_050, 44_100)
    assert opened(pro, text, format="txt").decode() == "JOHN: So we should start.\n"


@pytest.mark.parametrize(
    ("tool", "inputs", "field"),
    [
        ("logo_maker", {}, "inputs.text"),
        ("logo_maker", {"text": "A", "style": "gothic"}, "inputs.style"),
        ("logo_maker", {"text": "A", "colors": ["#FF5733", "red"]}, "inputs.colors[1]"),
        ("logo_maker", {"text": "A", "colour": "#fff"}, "inputs.colour"),
        ("image_resizer", {"file_id": "file_1"}, "inputs.width"),
        ("qr_code", {"text": "A", "color": "#dddddd"}, "inputs.color"),
        ("transcript_cleaner", {}, "inputs.text"),
    ],
)
def test_bad_inputs_name_their_field_and_cost_nothing(pro, tool, inputs, field):
    before = pro.get("/v1/credits/balance").json()["balance"]

    answer = pro.post(f"/v1/tools/{tool}/execute", {"inputs": inputs})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (400, "invalid_input", field)
    assert pro.get("/v1/credits/balance").json()["balance"] == before


def huge_png(width, height):
    """A picture of a few kilobytes that says it is huge."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(4_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "name", "code", "words"),
    [
        (huge_png(20_000, 20_000), "huge.png", "image_too_large", "20000 × 20000"),
        (huge_png(7000, 7000), "short.png", "unreadable_file", "cut off"),
        (picture((400, 300))[:900], "cut.png", "unreadable_file", "cut off"),
        (b"%PDF-1.7 nothing", "a.png", "unsupported_file", "not a picture"),
        (b"", "empty.png", "unsupported_file", "not a picture"),
    ],
)
def test_a_bad_file_fails_in_words_and_is_paid_back(pro, data, name, code, words):
    before = pro.get("/v1/credits/balance").json()["balance"]

    job = ended(pro, used(pro, "image_resizer", {"file_id": uploaded(pro, data, name), "width": 10}))

    assert (job["status"], job["error"]["code"]) == ("failed", code)
    assert words in job["error"]["message"]
    assert "credits_used" not in job
    newest = pro.get("/v1/credits/transactions?limit=1").json()["transactions"][0]
    assert (newest["type"], newest["amount"], newest["job_id"]) == ("refund", 2, job["job_id"])
    assert pro.get("/v1/credits/balance").json()["balance"] == before


def test_bad_sound_fails_in_words(pro):
    for data, code in ((b"RIFF\x00\x00", "unsupported_file"), (sound(0.1), "audio_too_short")):
        job = ended(pro, used(pro, "audio_normalizer", {"file_id": uploaded(pro, data, "a.wav")}))
        assert (job["status"], job["error"]["code"]) == ("failed", code)


def test_letters_that_no_font_has_are_told(pro):
    job = ended(pro, used(pro, "logo_maker", {"text": "会社"}))

    assert (job["error"]["code"], "会" in job["error"]["message"]) == ("unsupported_characters", True)


def test_too_few_credits_are_402_in_the_documented_shape(api, make):
    poor = make.workspace(plan="free")  # 50 credits
    client = api.with_key(make.key(poor))
    answers = [client.post("/v1/tools/logo_maker/execute", {"inputs": LOGO}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [402]
    assert answers[-1].json() == {
        "error": {
            "code": "insufficient_credits",
            "message": "You need 10 credits but have 0",
            "details": {"required": 10, "available": 0},
        }
    }


def test_a_retry_is_charged_again_and_a_cancel_gives_back(api, make):
    place = make.workspace(plan="free")
    client = api.with_key(make.key(place))
    failed = ended(client, used(client, "logo_maker", {"text": "会社"}))["job_id"]
    unpaid = api.with_key(make.key(place, mode="test")).post(f"/v1/jobs/{failed}/retry")
    assert (unpaid.status_code, unpaid.json()["error"]["code"]) == (403, "forbidden")
    again = client.post(f"/v1/jobs/{failed}/retry")
    assert again.status_code == 202, again.text
    assert ended(client, failed)["status"] == "failed"

    order = {"tool": "qr_code", "inputs": {"text": "a"}, "project_id": None}
    later = utc_now() + timedelta(days=1)
    waiting = submit(Submission(workspace_id=place.id, pipeline="tools.qr_code", input=order, run_at=later)).id
    assert accounts.look(place.id).balance == 49
    assert client.post(f"/v1/jobs/{waiting}/cancel").json()["status"] == "cancelled"

    kinds = [one["type"] for one in client.get("/v1/credits/transactions").json()["transactions"]]
    assert kinds == ["refund", "usage"] * 3 + ["allowance"]
    assert accounts.look(place.id).balance == 50


def test_the_low_balance_is_an_event(api, make):
    place = make.workspace(plan="starter")
    client = api.with_key(make.key(place))
    accounts.look(place.id)
    rows("UPDATE credit_account SET balance = 100 WHERE workspace_id = %s", (place.id,))
    for _ in range(2):
        done(client, "qr_code", {"text": "a"})

    told = eventually(lambda: [e for e in client.get("/v1/events").json()["events"] if e["type"] == "credits.low"])
    assert [event["data"] for event in told] == [{"current_balance": 99, "threshold": 100}]


def test_a_test_key_pays_nothing_and_what_it_makes_is_marked(api, make):
    place = make.workspace(plan="free")
    test = api.with_key(make.key(place, mode="test"))

    job = done(test, "qr_code", {"text": "a"})

    assert (job["credits_used"], job["sandbox"]) == (0, True)
    assert test.get(f"/v1/items/{job['result']['item_id']}").json()["sandbox"] is True
    assert accounts.look(place.id).balance == 50


def test_a_strangers_file_or_project_cannot_be_used(pro, theirs, project):
    file = uploaded(pro, picture())

    refused = theirs.post("/v1/tools/palette_extractor/execute", {"inputs": {"file_id": file}})
    outside = theirs.post("/v1/tools/qr_code/execute", {"inputs": {"text": "a"}, "project_id": project})

    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (404, "inputs.file_id")
    assert (outside.status_code, outside.json()["error"]["code"]) == (404, "project_not_found")


def test_the_same_idempotency_key_is_charged_once(pro):
    before = pro.get("/v1/credits/balance").json()["balance"]
    calls = [
        pro.post("/v1/tools/qr_code/execute", {"inputs": {"text": "a"}}, headers={"Idempotency-Key": "qr-1"})
        for _ in range(2)
    ]

    assert calls[0].json()["job_id"] == calls[1].json()["job_id"]
    assert pro.get("/v1/credits/balance").json()["balance"] == before - 1
