"""Sources of cloud-init that work in a rehearsed instance."""
