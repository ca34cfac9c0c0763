"""The typed documents of the HTTP API: what the API fills, what the console's source for this make reads.

Pure: pydantic models and enumerations, no I/O and nothing of the server's internals. OpenAPI, docs/http-api.md and the
test fixtures follow from them. Adding a field: one line in the document, one where the API fills it.
"""
