"""What the Service Quotas say of the account: the limits that the emulated cloud has."""

import json
import secrets

from moto.servicequotas.models import ServiceQuotasBackend, servicequotas_backends
from moto.servicequotas.responses import ServiceQuotasResponse

from .. import settings
from ..patch import api_error, mends


@mends(ServiceQuotasResponse, "_get_action", "The default of a quota cannot be asked for.")
def default_is_the_quota(original):
    def _get_action(self):
        action = original(self)
        return "GetServiceQuota" if action == "GetAWSDefaultServiceQuota" else action

    return _get_action


@mends(
    ServiceQuotasBackend,
    "get_service_quota",
    "EC2 has no quotas, and no quota is ever another than a new account's.",
)
def quotas_of_account(original):
    def get_service_quota(self, service_code, quota_code):
        if (service_code, quota_code) in settings.ec2_quotas:
            name, value = settings.ec2_quotas[service_code, quota_code]
            quota = {
                "QuotaArn": f"arn:aws:servicequotas:{self.region_name}:{self.account_id}:{service_code}/{quota_code}",
                "QuotaCode": quota_code,
                "QuotaName": name,
                "ServiceCode": service_code,
                "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
                "Adjustable": True,
                "GlobalQuota": False,
                "Unit": "None",
                "Value": float(value),
            }
        else:
            quota = original(self, service_code, quota_code)
        return {**quota, "Value": raised(self, service_code, quota_code, quota["Value"])}

    return get_service_quota


@mends(
    ServiceQuotasResponse,
    "request_service_quota_increase",
    "A quota cannot be raised. Here it is at once; AWS takes up to days.",
)
def raise_quota(_missing):
    def request_service_quota_increase(self):
        wanted = json.loads(self.body)
        service, code, value = (
            wanted["ServiceCode"],
            wanted["QuotaCode"],
            float(wanted["DesiredValue"]),
        )
        quota = self.backend.get_service_quota(service, code)
        if value <= quota["Value"]:
            message = f"The desired value must be above the quota, which is {quota['Value']:g}."
            raise api_error("IllegalArgumentException", message)
        _granted(self.backend)[service, code] = value
        request = {
            "Id": secrets.token_hex(16),
            "ServiceCode": service,
            "QuotaCode": code,
            "QuotaName": quota["QuotaName"],
            "DesiredValue": value,
            "Status": "APPROVED",
        }
        return json.dumps({"RequestedQuota": request})

    return request_service_quota_increase


def raised(backend, service, code, otherwise):
    """The limit that somebody asked for and got, in the account and region of a backend."""
    quotas = servicequotas_backends[backend.account_id][backend.region_name]
    return _granted(quotas).get((service, code), otherwise)


def _granted(quotas):
    """By service and code. Of the backend itself, so that it is kept with the account."""
    return quotas.__dict__.setdefault("granted", {})
