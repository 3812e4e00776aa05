/**
 * Version of what a new server gets for its first boot in a cloud, `renderCloudConfig` in
 * `render/cloud-init.ts`. It is raised with each change of that text: the cloud makes a new server
 * for another text, and a preview tells it by this number.
 */
export const firstBootVersion: number = 1;
