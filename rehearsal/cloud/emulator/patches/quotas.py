"""What the Service Quotas say of the account: the limits that the emulated cloud has."""

from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from .. import settings
from ..patch import mends


@mends(ServiceQuotasResponse, "_get_action", "The default of a quota cannot be asked for.")
def default_is_the_quota(original):
    def _get_action(self):
        action = original(self)
        return "GetServiceQuota" if action == "GetAWSDefaultServiceQuota" else action

    return _get_action


@mends(ServiceQuotasBackend, "get_service_quota", "EC2 has no quotas.")
def quotas_of_ec2(original):
    def get_service_quota(self, service_code, quota_code):
        if (service_code, quota_code) not in settings.ec2_quotas:
            return original(self, service_code, quota_code)
        name, value = settings.ec2_quotas[service_code, quota_code]
        return {
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

    return get_service_quota
