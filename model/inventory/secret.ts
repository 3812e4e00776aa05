/**
 * Where a secret value comes from:
 *
 * - `{ generate: { length: 32 } }`: made at the first run and kept, encrypted, in the stage's
 *   state;
 * - `{ fromStage: true }`: written by the operator, one value a stage:
 *   `npx hive pulumi -- config set --stack <stage> --secret --path 'hive:secrets["<name>"]'`;
 * - `{ external: true }`: a secret of the Swarm that is not the site's.
 */
export type Secret =
  | {
      /** Makes a value, which stays until its version or its length changes. */
      readonly generate: GeneratedSecret;
    }
  | {
      /** Takes the operator's value. */
      readonly fromStage: true;
    }
  | {
      /**
       * A secret of the Swarm that is not the site's: `true` under this name, or its name there.
       * hive does not make, change or remove it. Tasks get it; image builds and initial data
       * cannot, since nobody can read it from the Swarm.
       */
      readonly external: true | string;
    };

/** A random text of letters and digits. */
export interface GeneratedSecret {
  /**
   * Characters, 16 to 128.
   *
   * @default 32
   */
  readonly length?: number;
  /**
   * Raise it to have another value made; every service that uses the secret is rolled.
   *
   * @default 1
   */
  readonly version?: number;
}

/**
 * A configuration file that tasks get. Exactly one of `file`, `content` and `external`. At most 500
 * KiB, the Swarm's limit.
 */
export type Config =
  | {
      /** File of the project, relative to its root. */
      readonly file: string;
      /**
       * Whether Swarm fills in Go templates such as `{{ .Service.Name }}` or `{{ secret "name" }}`
       * for each task. What concerns the server, such as `{{ .Node.Hostname }}`, is empty in a
       * config (seen with Engine 20.10); a service's `hostname` takes it.
       *
       * @default false
       */
      readonly template?: boolean;
    }
  | {
      /** The text itself. */
      readonly content: string;
      /**
       * Whether Swarm fills in Go templates such as `{{ .Service.Name }}` or `{{ secret "name" }}`
       * for each task. What concerns the server, such as `{{ .Node.Hostname }}`, is empty in a
       * config (seen with Engine 20.10); a service's `hostname` takes it.
       *
       * @default false
       */
      readonly template?: boolean;
    }
  | {
      /**
       * A config of the Swarm that is not the site's: `true` under this name, or its name there.
       */
      readonly external: true | string;
    };

/** A secret as a file in a task's memory. */
export interface SecretMount {
  /** Name of a secret of the site. */
  readonly secret: string;
  /**
   * File: a name below `/run/secrets`, or an absolute path.
   *
   * @default the secret's name
   */
  readonly target?: string;
  /**
   * Owner, a number.
   *
   * @default 0
   */
  readonly uid?: number;
  /**
   * Group, a number.
   *
   * @default 0
   */
  readonly gid?: number;
  /**
   * Octal mode, e.g. `"0400"`.
   *
   * @default "0444"
   */
  readonly mode?: string;
}

/** A config as a file in a task. */
export interface ConfigMount {
  /** Name of a config of the site. */
  readonly config: string;
  /**
   * File, an absolute path.
   *
   * @default "/<name>"
   */
  readonly target?: string;
  /**
   * Owner, a number.
   *
   * @default 0
   */
  readonly uid?: number;
  /**
   * Group, a number.
   *
   * @default 0
   */
  readonly gid?: number;
  /**
   * Octal mode, e.g. `"0444"`.
   *
   * @default "0444"
   */
  readonly mode?: string;
}
