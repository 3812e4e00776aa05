"""What differs from rehearsal to rehearsal; the server sets it before the first request."""

import ipaddress

# Where public addresses come from. A range for documentation: nobody in the internet has them.
public_range = ipaddress.ip_network("198.51.100.0/24")

# Quotas of a new account, as on AWS.
address_limit = 5
vpc_limit = 5
