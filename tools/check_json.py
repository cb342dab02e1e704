#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Check JSON files against a JSON schema, as far as ours use the language.

usage: check_json.py SCHEMA FILE...   exit status 1 when a file does not fit
"""
import json
import sys

TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
}
KNOWN = {
    "$schema", "$defs", "$ref", "title", "type", "required", "properties", "additionalProperties",
    "items", "enum", "const", "minimum", "minItems", "maxItems",
}


def is_type(value, name):
    if name in ("number", "integer"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and (name == "number" or isinstance(value, int))
    return isinstance(value, TYPES[name])


def check(value, schema, root, path, wrong):
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"schema at {path}: {sorted(unknown)} is not understood")
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        check(value, target, root, path, wrong)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, t) for t in types):
        wrong.append(f"{path}: {json.dumps(value)[:60]} is not of type {' or '.join(types)}")
        return
    if "const" in schema and value != schema["const"]:
        wrong.append(f"{path}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{path}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and value < schema["minimum"]:
        wrong.append(f"{path}: {value} is below {schema['minimum']}")
    if isinstance(value, dict):
        check_object(value, schema, root, path, wrong)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            wrong.append(f"{path}: {len(value)} items")
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), root, f"{path}[{i}]", wrong)


def check_object(value, schema, root, path, wrong):
    for key in schema.get("required", []):
        if key not in value:
            wrong.append(f"{path}.{key}: missing")
    for key, item in value.items():
        rule = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
        check(item, rule, root, f"{path}.{key}", wrong)


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    bad = 0
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8") as f:
            value = json.load(f)
        wrong = []
        check(value, schema, schema, "", wrong)
        for line in wrong[:20]:
            print(f"{name}: {line}")
        bad += bool(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
