"""The document describes every route, and every route is declared."""

from __future__ import annotations

import re

import msgspec
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import ROUTES
from api.kit import openapi


def test_every_responder_is_an_operation():
    for path, resource in ROUTES:
        responders = [name for name in dir(resource) if re.fullmatch(r"on_[a-z]+", name)]
        assert responders, path
        for name in responders:
            assert hasattr(getattr(resource, name), "operation"), f"{path} {name}"


def test_path_parameters_are_those_of_the_path():
    for path, method, operation in openapi.operations(ROUTES):
        assert set(re.findall(r"{(\w+)}", path)) >= set(operation.path_parameters), f"{method} {path}"


def test_every_reference_of_the_document_resolves():
    document = msgspec.json.decode(msgspec.json.encode(openapi.document(ROUTES, server="https://api.example.com")))

    known = document["components"]["schemas"]
    text = msgspec.json.encode(document).decode()
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in known
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {path for path, _ in ROUTES}


def test_the_document_is_valid_openapi_3_1():
    document = msgspec.json.decode(msgspec.json.encode(openapi.document(ROUTES, server="https://api.example.com")))

    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    ids = [told["operationId"] for path in document["paths"].values() for told in path.values()]
    assert len(ids) == len(set(ids))


def test_two_contracts_types_of_one_name_stay_apart():
    document = openapi.document(ROUTES, server="https://api.example.com")

    logins = [
        document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for path in ("/api/auth/login", "/api/v1/auth/login", "/v1/auth/login")
    ]
    assert len(set(logins)) == 3


def test_the_served_document_tells_a_client_how_to_submit(api):
    document = api.get("/openapi.json").json()

    submit = document["paths"]["/v1/jobs"]["post"]
    assert submit["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/SubmitJob"}
    assert submit["responses"]["202"]["content"]["application/json"]["schema"]["$ref"].endswith("/JobView")
    assert submit["security"]
    wanted = document["paths"]["/v1/jobs"]["get"]["parameters"]
    assert {parameter["name"] for parameter in wanted} == {
        "status", "pipeline", "created_after", "created_before", "limit", "cursor",
    }  # fmt: skip
