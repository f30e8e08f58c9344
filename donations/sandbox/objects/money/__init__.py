"""The books and money out: balance transactions, fees, payouts, refunds, disputes."""
