"""cloud-init's own source for EC2, without the two things that a container does not have: firmware
tables, by which it recognises AWS, and a DHCP server, which it asks before the network is up."""

from cloudinit import sources
from cloudinit.sources import DataSourceEc2 as ec2

ec2.identify_platform = lambda: ec2.CloudNames.AWS
# In the module itself: where this one has no source for a stage of the boot, that one is asked.
ec2.datasources = [(ec2.DataSourceEc2, (sources.DEP_FILESYSTEM, sources.DEP_NETWORK))]

get_datasource_list = ec2.get_datasource_list
