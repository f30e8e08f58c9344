"""What Stripe tells: verify, store once, answer; then refetch and apply."""
