"""Makes the state of the emulated cloud real: each running instance is a container that real
cloud-init sets up. Follows the emulator by looking at it, and changes what differs."""
