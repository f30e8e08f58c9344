"""Work promised in a transaction and done after it: outbox rows, leases, the worker, heartbeats."""
