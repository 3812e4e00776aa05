import { z } from "zod";
import { baseImages } from "../base-images";
import { cidrFault } from "../../model/network/addresses";

const address = z
  .string()
  .refine((text) => cidrFault(`${text}/32`) === undefined, "is not an IPv4 address")
  .meta({ takes: "an IPv4 address", write: "write an IPv4 address such as 10.17.16.4" });

const userName = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "is not a valid Linux user name")
  .meta({ takes: "a user name", write: "write a user name such as root or debian" });

const server = z
  .strictObject({
    address: address.meta({
      description: "Address of the server's SSH daemon, seen from the computer that runs hive.",
    }),
    port: z.int().min(1).max(65_535).optional().meta({
      description: "TCP port of the server's SSH daemon at that address.",
      defaultText: "`hive:ssh.port`",
    }),
    hostKey: z
      .string()
      .regex(
        /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,}={0,2}( .*)?$/,
        "is not a public key",
      )
      .meta({
        description:
          "The server's own public key, which is pinned: hive never accepts another one. `ssh-keyscan -t ed25519 <address>` shows " +
          "the key at this address. Compare it on the server's console, because somebody in between could show another key: " +
          "`cat /etc/ssh/ssh_host_ed25519_key.pub`.",
        takes: "a public key, `ssh-ed25519 AAAA…`",
        write:
          "write the server's public key: `ssh-keyscan -t ed25519 <address>` shows `<address> ssh-ed25519 AAAA…`; write it without the " +
          "address, after you compared it on the server's console (cat /etc/ssh/ssh_host_ed25519_key.pub)",
      }),
    user: userName.default("root").meta({
      description:
        "Who logs in for the first contact: root, or a user that sudo lets become root. Later it is the admin user, `hive:ssh.user`.",
    }),
    privateAddress: address.optional().meta({
      description: "The server's address inside `hive:cidr`, at which the other servers reach it.",
      defaultText: "`address`",
    }),
    publicAddress: address.optional().meta({
      description: "Where users reach the ports that the server publishes.",
      defaultText: "`address`",
    }),
    zone: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, "is not a zone name")
      .optional()
      .meta({
        description:
          "What fails together: a rack, a room, a provider. No zone may hold most of the cluster servers.",
        takes: "a zone name",
        write: "write a zone name of lower-case letters, digits and hyphens, e.g. rack-1",
        defaultText: "dealt from `hive:zones` by the server's index",
      }),
    devices: z
      .record(
        z.string().min(1),
        z
          .string()
          .regex(/^\/dev\/[A-Za-z0-9_.:/+@=-]+$/, "is not the path of a device")
          .meta({
            takes: "the path of a device",
            write: "write a path that survives a reboot, such as /dev/disk/by-id/…",
          }),
      )
      .default({})
      .meta({
        description:
          "The server's block devices for replicated volumes, by the volumes' names: a disk, a partition or a logical volume, named by " +
          "`/dev/disk/by-id/…`. One without content gets a file system; one with content other than that is refused, never overwritten.",
        takes: "a map of devices by name of a volume",
        write: "write e.g. { ldap-data: /dev/disk/by-id/scsi-0HC_Volume_1 }",
        defaultText: "none: a volume is a folder on the server's own disk",
      }),
  })
  .meta({
    takes:
      "a map with the keys address, port, hostKey, user, privateAddress, publicAddress, zone, devices",
    write: 'write e.g. { address: 10.17.16.4, hostKey: "ssh-ed25519 AAAA…" }',
  });

/** `hive:prepared`. */
export const preparedOptions = z
  .strictObject({
    hosts: z.record(z.string().regex(/^hive[0-9]$/, "is not the name of a server"), server).meta({
      description:
        "The servers, by their names: `hive0`, `hive1`, `hive2`, then `hive4` and so on are the cluster, and `hive3` is the repository server.",
      takes: "a map of servers by name",
      write: "write a map with a server for each of hive0, hive1, hive2 and hive3",
    }),
    baseImages,
  })
  .optional()
  .meta({
    description:
      "The servers of the `prepared` fleet: servers that exist already. An error on other fleets.",
    write: "write the servers below hive:prepared: hosts:, see docs/build-prepared.md",
  });

/** Options of the `prepared` fleet, every default filled in. */
export type PreparedOptions = NonNullable<z.output<typeof preparedOptions>>;

/** One server of them. */
export type PreparedServer = PreparedOptions["hosts"][string];
