"""What other programs speak to: Stripe's webhooks and whoever watches the server."""
