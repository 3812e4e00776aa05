"""Hosted zones and buckets."""

import re

from moto.route53.responses import Route53
from moto.s3.responses import S3Response

from ..patch import mends


@mends(Route53, "_get_bool_param", "A zone that is created in a VPC is not private.")
def zone_in_vpc_is_private(original):
    def _get_bool_param(self, param_name, if_none=None):
        if param_name == "HostedZoneConfig.PrivateZone" and self._get_param("VPC.VPCId"):
            return True
        return original(self, param_name, if_none)

    return _get_bool_param


@mends(S3Response, "_bucket_response_put", "A bucket loses the tags that it is created with.")
def tags_of_new_bucket(original):
    def _bucket_response_put(self, request, bucket_name, querystring):
        body = self.body if isinstance(self.body, str) else (self.body or b"").decode("utf-8", "replace")
        result = original(self, request, bucket_name, querystring)
        if "<CreateBucketConfiguration" in body:
            tags = re.findall(r"<Tag><Key>(.*?)</Key><Value>(.*?)</Value></Tag>", body)
            if tags:
                self.backend.put_bucket_tagging(bucket_name, dict(tags))
        return result

    return _bucket_response_put
