"""What a newsroom offers to those who give regularly: named tiers, their prices and benefits."""
