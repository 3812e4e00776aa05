"""What differs from rehearsal to rehearsal; the server sets it before the first request."""

import ipaddress

# Where public addresses come from. A range for documentation: nobody in the internet has them.
public_range = ipaddress.ip_network("198.51.100.0/24")

# Quotas of a new account, as on AWS.
address_limit = 5
vpc_limit = 5

# What the Service Quotas say of EC2, by service and code.
ec2_quotas = {
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", address_limit),
    # Of a new account; more of them run here all the same.
    ("ec2", "L-1216C47A"): (
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        32,
    ),
}
