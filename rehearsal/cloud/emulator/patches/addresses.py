"""Elastic IPs and private addresses."""

import ipaddress

from moto.ec2.models import elastic_network_interfaces
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.instances import Instance
from moto.ec2.models.subnets import Subnet

from .. import settings
from ..patch import api_error, mends
from ..public_addresses import pool
from .quotas import raised


@mends(ElasticAddressBackend, "allocate_address", "An Elastic IP is a loopback address.")
def allocate_documentation_address(original):
    def allocate_address(self, domain, address=None, tags=None):
        taken = {known.public_ip for known in self.addresses}
        taken |= {interface.public_ip for interface in self.enis.values()}
        return original(self, domain, address or pool.take(taken), tags)

    return allocate_address


@mends(
    elastic_network_interfaces,
    "random_public_ip",
    "A public address that comes with an instance belongs to somebody in the internet.",
)
def documentation_public_address(_original):
    return lambda: pool.take(set())


@mends(ElasticAddressBackend, "allocate_address", "There is no limit to Elastic IPs.")
def limit_addresses(original):
    def allocate_address(self, domain, address=None, tags=None):
        if len(self.addresses) >= raised(self, "ec2", "L-0263D0A3", settings.address_limit):
            message = "The maximum number of addresses has been reached."
            raise api_error("AddressLimitExceeded", message)
        return original(self, domain, address, tags)

    return allocate_address


@mends(ElasticAddressBackend, "release_address", "An Elastic IP in use can be released.")
def keep_address_in_use(original):
    def release_address(self, address=None, allocation_id=None):
        if allocation_id:
            found = self.address_by_allocation([allocation_id])
        else:
            found = self.address_by_ip([address])
        if found[0].association_id:
            raise api_error("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
        return original(self, address, allocation_id)

    return release_address


@mends(Instance, "terminate", "A terminated instance keeps its Elastic IP.")
def release_elastic_ip(original):
    def terminate(self):
        for address in self.ec2_backend.addresses:
            if address.instance is self:
                self.ec2_backend.disassociate_address(address=address.public_ip)
        return original(self)

    return terminate


@mends(
    Instance,
    "terminate",
    "A terminated instance keeps its private address, so that no other one gets it.",
)
def release_private_addresses(original):
    def terminate(self):
        result = original(self)
        if self.subnet_id:
            subnet = self.ec2_backend.get_subnet(self.subnet_id)
            for address in self._private_ips:
                subnet.del_subnet_ip(address)
        return result

    return terminate


@mends(
    Subnet,
    "request_ip",
    "A private address that is taken, reserved or of another subnet is an internal error, or given.",
)
def refuse_private_address(original):
    def request_ip(self, ip, instance):
        address = ipaddress.ip_address(ip)
        if address not in self.cidr:
            message = f"Address {ip} does not fall within the subnet's address range"
            raise api_error("InvalidParameterValue", message)
        if int(address) < int(self.cidr[0]) + 4 or address == self.cidr.broadcast_address:
            message = f"Address {ip} is in subnet's reserved address range"
            raise api_error("InvalidParameterValue", message)
        if ip in self._subnet_ips:
            raise api_error("InvalidIPAddress.InUse", f"Address {ip} is in use.")
        original(self, ip, instance)

    return request_ip
