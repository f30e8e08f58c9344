"""The official SDK's own type annotations, read as the schema of requests and answers."""
