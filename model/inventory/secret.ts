/**
 * Where a secret value comes from:
 *
 * - `{ generate: { length: 32 } }`: generated at the first run and kept, encrypted, in the stage's
 *   state;
 * - `{ fromStage: true }`: set by the operator, one value per stage:
 *   `npx hive pulumi -- config set --stack <stage> --secret --path 'hive:secrets["<name>"]'`;
 * - `{ external: true }`: a secret of the Swarm that somebody else manages.
 */
export type Secret =
  | {
      /** Generates a value, which stays until its version or its length changes. */
      readonly generate: GeneratedSecret;
    }
  | {
      /** Uses the operator's value. */
      readonly fromStage: true;
    }
  | {
      /**
       * An external secret of the Swarm, which somebody else manages: `true` for the same name, or
       * its name in the Swarm. hive does not create, change or remove it. Tasks get it; image
       * builds and initial data cannot, since nobody can read it from the Swarm.
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
   * Raise it to generate another value; every service that uses the secret is updated.
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
       * for each task. Fields of the server, such as `{{ .Node.Hostname }}`, are empty in a config
       * (seen with Docker Engine 20.10); a service's `hostname` supports them.
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
       * for each task. Fields of the server, such as `{{ .Node.Hostname }}`, are empty in a config
       * (seen with Docker Engine 20.10); a service's `hostname` supports them.
       *
       * @default false
       */
      readonly template?: boolean;
    }
  | {
      /**
       * An external config of the Swarm, which somebody else manages: `true` for the same name, or
       * its name in the Swarm.
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
