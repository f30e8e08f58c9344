"""What people see: the hosted payment page and the dashboard."""
