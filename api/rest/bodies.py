"""Request bodies: the command without what the path and ``If-Match`` say."""

from typing import Any

from domain.writes import Write

REF = "#/components/schemas/{model}"


def from_elsewhere(write: Write) -> set[str]:
    """Return the command's fields that the path or a header fills."""
    return {name for name in (write.subject, "version" if write.contested else "") if name}


def body_schema(write: Write) -> dict[str, Any] | None:
    """Return the body's JSON schema, definitions inside; None where there is nothing to say."""
    schema = write.command.model_json_schema(ref_template=REF)
    taken = from_elsewhere(write)
    schema["properties"] = {name: one for name, one in schema["properties"].items() if name not in taken}
    schema["required"] = [name for name in schema.get("required", ()) if name not in taken]
    if not schema["required"]:
        del schema["required"]
    return schema if schema["properties"] else None


def hoist(document: dict[str, Any]) -> dict[str, Any]:
    """Move the definitions inside bodies to the components of an OpenAPI document."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            for one in content.values():
                for name, definition in one["schema"].pop("$defs", {}).items():
                    components.setdefault(name, definition)
    return document
