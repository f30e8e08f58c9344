"""What the DNS says of the domain letters come from: SPF, DKIM and DMARC, in plain words."""
