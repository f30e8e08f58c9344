"""What readers promise and pay: checkouts, gifts, memberships, refunds, disputes, receipts."""
