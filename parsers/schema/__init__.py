"""The JSON Schema of a specification, published as `policy-spec-1.json` beside this file.

In: the pydantic models of `parsers.spec`. Out: a schema of draft 2020-12 that `--format json` and a
run folder's `policy/spec.json` keep to. After a change of the models, publish it anew with
`python -m parsers --schema > parsers/schema/policy-spec-1.json`; a test sees to it.
"""

from __future__ import annotations

import json

from parsers.spec import SCHEMA_VERSION, PolicySpec

FILE = f"policy-spec-{SCHEMA_VERSION}.json"


def json_schema() -> str:
    """The schema as JSON text."""
    schema = PolicySpec.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:internalize:policy-spec:{SCHEMA_VERSION}",
    }
    return json.dumps(head | schema, indent=2, ensure_ascii=False)
